"""The releases on record, the newest last, and which of them can still be restored.

Exit codes: 0 also where there is none, 64 wrong usage.
"""

from collections.abc import Collection, Sequence

from spark_jobs.lake.entry import JobParser, iso_day, run_job
from spark_jobs.lake.session import get_session
from spark_jobs.releases.record import Release, expired, newest_releases

SHOWN = 40
COLUMNS = ("day", "release", "released at (UTC)", "run", "rows", "snapshots")
TO_THE_RIGHT = ("rows",)


def build_parser() -> JobParser:
    parser = JobParser(prog="releases", description=__doc__.partition("\n")[0])
    parser.add_argument("--day", type=iso_day, help="UTC day, YYYY-MM-DD; without it the releases of all days")
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session("releases")
    newest, number = newest_releases(spark, args.day, SHOWN)
    gone = {release_id for release_id, tables in expired(spark, newest).items() if tables}
    print("\n".join(listing(newest, number, gone)), flush=True)


def listing(newest: Sequence[Release], number: int, gone: Collection[str]) -> list[str]:
    """A line for each release under a head, and before them how many are left out.

    number: of all releases. gone: releases of which a snapshot has expired.
    """
    if not newest:
        return ["no release is on record: run a day first"]
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
