"""spark-submit entry of the gate that compares live.user_totals with mart.user_daily of a released day.

What was streamed before the release is compared with what the release holds: the landings that its run has read, user by user. The stream
reads no corrections, so a release may hold as many requests more as lines were corrected.
Exit codes: 65 they differ, 64 wrong usage; a day without a release is not closed yet, and nothing is compared.
"""

from collections.abc import Sequence

from spark_jobs.compare_live.compare import corrected_lines, differences, explained_by_corrections, release_before, shown
from spark_jobs.lake.entry import JobParser, iso_day, moment, positive, run_job
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.session import get_session


def build_parser() -> JobParser:
    parser = JobParser(prog="compare_live", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the event day, YYYY-MM-DD")
    parser.add_argument(
        "--streamed-at", type=moment, required=True, help="when the stream last began to read, ISO 8601; what was released later waits"
    )
    parser.add_argument("--top", type=positive, required=True, help="differences to name, the largest first")
    return parser


def main(argv: Sequence[str]) -> None:
    """DataFailed: a user's live total is not what the day's release says."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"compare_live {args.day}")
    release = release_before(spark, args.day, args.streamed_at)
    if release is None:
        print(f"{args.day} had no release before {args.streamed_at:%Y-%m-%dT%H:%M:%SZ}: it is not closed, nothing to compare")
        return
    found = differences(spark, args.day, release).cache()
    count = found.count()
    corrected = corrected_lines(spark, args.day, release)
    if count and explained_by_corrections(found, corrected):
        print(
            f"{args.day}: {count} users have more requests in mart.user_daily of release {release.release_id} than in live.user_totals, "
            f"no more than its {corrected} corrected lines explain; the stream knows no corrections:\n{shown(found, args.top)}"
        )
        return
    if count:
        raise DataFailed(
            f"{count} users of {args.day} differ between live.user_totals and mart.user_daily of release {release.release_id}:\n"
            f"{shown(found, args.top)}\n"
            "Did files change after they were streamed, or the blocklist? Then the day's release is right, and live.* can be begun anew "
            "(docs/operations.md). Otherwise look for rows dropped as too late in the stream's log."
        )
    print(f"{args.day}: live.user_totals and mart.user_daily of release {release.release_id} are equal, user by user")


if __name__ == "__main__":
    run_job(main)
