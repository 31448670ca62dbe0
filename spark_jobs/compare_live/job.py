"""spark-submit entry of the gate that compares live.user_totals with mart.user_daily of released days.

Compared are a day's newest release that is older than the stream's run, and what was streamed of the landings that the release has read:
file by file, then user by user. The stream reads no corrections, so a release may hold as many requests more as lines were corrected.
Exit codes: 65 they differ, 64 wrong usage; a day without a release is not closed yet, and nothing is compared.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pyspark.sql import Row, SparkSession

from spark_jobs.compare_live.compare import (
    corrected_lines,
    differences,
    explained_by_corrections,
    is_kept,
    other_files,
    release_before,
    shown,
)
from spark_jobs.lake.entry import JobParser, iso_day, moment, positive, run_job
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.session import get_session


def build_parser() -> JobParser:
    parser = JobParser(prog="compare_live", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the last event day, YYYY-MM-DD")
    parser.add_argument("--days", type=positive, required=True, help="how many days up to it are compared")
    parser.add_argument("--streamed-at", type=moment, required=True, help="when the stream began to read, ISO 8601; later releases wait")
    parser.add_argument("--top", type=positive, required=True, help="differences to name of each day, the largest first")
    return parser


def main(argv: Sequence[str]) -> None:
    """DataFailed: a day's release and the stream have read other files, or a user's totals differ."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"compare_live {args.day}")
    days = [args.day - timedelta(days=back) for back in reversed(range(args.days))]
    faults = [fault for day in days if (fault := compare(spark, day, args.streamed_at, args.top))]
    if faults:
        raise DataFailed("\n".join(faults))


def compare(spark: SparkSession, day: date, streamed_at: datetime, top: int) -> str | None:
    """What is wrong with a day, in words for people; None where nothing is, or it has no release yet."""
    release = release_before(spark, day, streamed_at)
    if release is None:
        print(f"{day} had no release before {streamed_at:%Y-%m-%dT%H:%M:%SZ}: it is not closed, nothing to compare", flush=True)
        return None
    if not is_kept(spark, release):
        print(f"{day}: snapshots of release {release.release_id} have expired; nothing to compare before its next release", flush=True)
        return None
    files = other_files(spark, day, release).orderBy("side", "source_file").limit(top).collect()
    if files:
        names = "\n".join(f"  {row.source_file!r} in {row.side} only" for row in files)
        return (
            f"{day}: live.ledger and release {release.release_id} have read other files:\n{names}\n"
            f"In live only: they came after the release; run web_activity_daily for {day}. In daily only: they were put in the place of "
            "others, or the day was rolled back; live.* can be begun anew (docs/operations.md)."
        )
    return compare_users(spark, day, release, top)


def compare_users(spark: SparkSession, day: date, release: Row, top: int) -> str | None:
    """As compare, of the users' totals in files that both have read."""
    found = differences(spark, day, release).cache()
    if found.isEmpty():
        print(f"{day}: live.user_totals and mart.user_daily of release {release.release_id} are equal, user by user", flush=True)
        return None
    corrected = corrected_lines(spark, day, release)
    if explained_by_corrections(found, corrected):
        print(
            f"{day}: {found.count()} users have more requests in mart.user_daily of release {release.release_id} than in live.user_totals, "
            f"no more than its {corrected} corrected lines explain; the stream knows no corrections:\n{shown(found, top)}",
            flush=True,
        )
        return None
    return (
        f"{found.count()} users of {day} differ between live.user_totals and mart.user_daily of release {release.release_id}:\n"
        f"{shown(found, top)}\n"
        "Did files or the blocklist change after they were streamed? Then the day's release is right, and live.* can be begun anew "
        "(docs/operations.md). Otherwise look for rows dropped as too late in the stream's log."
    )


if __name__ == "__main__":
    run_job(main)
