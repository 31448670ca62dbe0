"""The releases on record, the newest last, and which of them can still be restored; or one of them, that shall be.

Exit codes: 0 also where there is none, 64 wrong usage, 66 the one asked for is not there or can no longer be restored.
"""

from collections.abc import Collection, Sequence
from datetime import date

from spark_jobs.lake.entry import JobParser, iso_day, run_job
from spark_jobs.lake.session import get_session
from spark_jobs.releases.record import Release, expired, find_release, newest_releases, release_name, require_kept

SHOWN = 40
COLUMNS = ("day", "release", "released at (UTC)", "run", "rows", "snapshots")
TO_THE_RIGHT = ("rows",)


def build_parser() -> JobParser:
    parser = JobParser(prog="releases", description=__doc__.partition("\n")[0])
    parser.add_argument("--day", type=iso_day, help="UTC day, YYYY-MM-DD; without it the releases of all days")
    parser.add_argument("--release", type=release_name, help="this one of the day alone; it must be there and restorable")
    return parser


def main(argv: Sequence[str]) -> None:
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.release and not args.day:
        parser.error("--release needs --day")
    spark = get_session("releases")
    if args.release:
        release = find_release(spark, args.day, args.release)
        require_kept(spark, release)
        print("\n".join(listing([release], 1, set(), args.day)), flush=True)
        return
    newest, number = newest_releases(spark, args.day, SHOWN)
    gone = {release_id for release_id, tables in expired(spark, newest).items() if tables}
    print("\n".join(listing(newest, number, gone, args.day)), flush=True)


def listing(newest: Sequence[Release], number: int, gone: Collection[str], day: date | None) -> list[str]:
    """A line for each release under a head, and before them how many are left out.

    number: of all releases. gone: releases of which a snapshot has expired. day: whose releases these are; None: of all days.
    """
    if not newest:
        return [f"{day} has no release on record: run it first" if day else "no release is on record: run a day first"]
    rows = [(*_cells(release), "expired" if release.release_id in gone else "kept") for release in newest]
    widths = [max(len(row[at]) for row in [COLUMNS, *rows]) for at in range(len(COLUMNS))]
    left_out = [] if number == len(newest) else [f"({number - len(newest):,} older releases are not shown)"]
    return [*left_out, *[_aligned(row, widths) for row in [COLUMNS, *rows]]]


def _cells(release: Release) -> tuple[str, ...]:
    """rows: of all tables that a gate publishes."""
    return release.day.isoformat(), release.release_id, release.released_at, release.run_id, f"{sum(release.rows.values()):,}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(COLUMNS, row, widths, strict=True)
    return "  ".join(f"{cell:{'>' if name in TO_THE_RIGHT else '<'}{width}}" for name, cell, width in cells).rstrip()


if __name__ == "__main__":
    run_job(main)
