"""spark-submit entry of stage aggregate."""

from collections.abc import Sequence

from spark_jobs.aggregate import schema
from spark_jobs.aggregate.marts import file_types_daily, ip_users_daily, user_daily, young_by_gender
from spark_jobs.aggregate.windows import top_users_by_window
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.ingest.schema import USERS
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day


def build_parser() -> JobParser:
    parser = JobParser(prog="aggregate", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the event day, YYYY-MM-DD")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--branch", required=True, help="the branch of this try; nobody else writes it")
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--young-below-years", type=natural, required=True)
    return parser


def main(argv: Sequence[str]) -> None:
    """Stage the five marts of a day from the published tables."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"aggregate {args.day}")
    with begun(spark, StageTry("aggregate", args.day, args.run_id, args.branch, args.work_uri)) as tried:
        inputs = {table: published_snapshot(spark, table) for table in (ACTIVITY, USERS)}
        activity, users = (read_day(spark, table, args.day, snapshot) for table, snapshot in inputs.items())
        frames = {
            schema.USER_DAILY: user_daily(activity),
            schema.YOUNG_BY_GENDER: young_by_gender(users, activity, args.young_below_years),
            schema.IP_USERS_DAILY: ip_users_daily(activity),
            schema.FILE_TYPES_DAILY: file_types_daily(activity),
            schema.TOP_USERS_BY_WINDOW: top_users_by_window(activity),
        }
        stage_day(spark, tried, frames, inputs)


if __name__ == "__main__":
    run_job(main)
