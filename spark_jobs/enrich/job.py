"""spark-submit entry of stage enrich."""

from collections.abc import Sequence

from spark_jobs.enrich.activity import build_activity
from spark_jobs.enrich.blocklist import read_blocklist, without_blocked
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.ingest.schema import PROFILES, REQUESTS, USERS
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.entry import JobParser, iso_day, run_job
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day


def build_parser() -> JobParser:
    parser = JobParser(prog="enrich", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the event day, YYYY-MM-DD")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--branch", required=True, help="the branch of this try; nobody else writes it")
    parser.add_argument("--landing-uri", required=True, help="holds blocklist.txt")
    parser.add_argument("--work-uri", required=True)
    return parser


def main(argv: Sequence[str]) -> None:
    """Stage core.activity of a day from the published raw tables."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"enrich {args.day}")
    with begun(spark, StageTry("enrich", args.day, args.run_id, args.branch, args.work_uri)) as tried:
        inputs = {table: published_snapshot(spark, table) for table in (REQUESTS, USERS, PROFILES)}
        requests, users, profiles = (read_day(spark, table, args.day, snapshot) for table, snapshot in inputs.items())
        activity = build_activity(without_blocked(requests, read_blocklist(spark, args.landing_uri)), users, profiles)
        stage_day(spark, tried, {ACTIVITY: activity}, inputs)


if __name__ == "__main__":
    run_job(main)
