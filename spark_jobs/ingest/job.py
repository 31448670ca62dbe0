"""spark-submit entry of stage ingest."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.listed import read_erased
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest import datasets, schema
from spark_jobs.ingest.landing import LandedFile, duplicates, earlier_files, landed_files, later_files
from spark_jobs.ingest.ledger import ledger_rows
from spark_jobs.ingest.lines import check_lines, landing_day_of_file, read_lines
from spark_jobs.ingest.outcomes import judge_keyed, judge_requests, quarantine_rows
from spark_jobs.ingest.profiles import parse_profiles
from spark_jobs.ingest.reasons import Outcome
from spark_jobs.ingest.requests import judge_window, mentions_day, parse_requests
from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.ingest.users import parse_users
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.table import day_literal

USER_VALUES, PROFILE_VALUES = ("name", "age", "gender"), ("info",)


def build_parser() -> JobParser:
    parser = JobParser(prog="ingest", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the landing day, YYYY-MM-DD")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--branch", required=True, help="the branch of this try; nobody else writes it")
    parser.add_argument("--landing-uri", required=True)
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--late-days", type=natural, required=True)
    parser.add_argument("--max-line-bytes", type=natural, required=True)
    parser.add_argument("--erasure-key-file", type=Path, required=True, help="of the list of erased users; read where there are any")
    return parser


def judge_landing(
    spark: SparkSession, landing_uri: str, day: date, late_days: int, max_line_bytes: int, erased: ErasedUsers
) -> tuple[dict[str, DataFrame], list[LandedFile]]:
    """Every line that the run reads, by dataset, with its outcome; and the files they are of."""
    users, requests, profiles = (landed_files(spark, landing_uri, dataset, day) for dataset in datasets.ALL)
    later = later_files(spark, landing_uri, datasets.REQUESTS, day, late_days)
    repeated = duplicates(spark, requests, earlier_files(spark, landing_uri, datasets.REQUESTS, day, late_days))

    def checked(files: list[LandedFile]) -> DataFrame:
        return check_lines(read_lines(spark, files), max_line_bytes)

    own = judge_window(parse_requests(checked(requests)), day_literal(day), late_days)
    judged = {
        "users": judge_keyed(parse_users(checked(users)), USER_VALUES, duplicates(spark, users, []), erased),
        "profiles": judge_keyed(parse_profiles(checked(profiles)), PROFILE_VALUES, duplicates(spark, profiles, []), erased),
        "requests": judge_requests(own, day, repeated, erased),
    }
    if later:
        arrived = _arrived_late(spark, later, day, late_days, max_line_bytes, erased)
        judged["requests"] = judged["requests"].unionByName(arrived)
    return judged, [*users, *requests, *profiles, *later]


def _arrived_late(
    spark: SparkSession, files: list[LandedFile], day: date, late_days: int, max_line_bytes: int, erased: ErasedUsers
) -> DataFrame:
    """The lines of later landings that mention the day; those that are valid, of the day and of no erased user are ARRIVED_LATE, the
    others nothing.

    Only these are parsed. The outcome is a column and not a filter: Spark would push the filter, with the whole parser copied
    into it, below the parser.
    """
    mentioning = read_lines(spark, files).where(mentions_day(F.col("line").cast("string"), day))
    judged = judge_window(parse_requests(check_lines(mentioning, max_line_bytes)), day_literal(day), late_days)
    is_late = F.col("reason").isNull() & (F.col("event_day") == day_literal(day)) & ~F.col("is_erased")
    return (
        erased.mark_names(judged)
        .withColumn("line", F.lit(None).cast("binary"))
        .withColumn("outcome", F.when(is_late, Outcome.ARRIVED_LATE))
        .drop("is_erased")
    )


def main(argv: Sequence[str]) -> None:
    """Read, judge and stage a landed day. Nothing is staged unless every file could be read to its end."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"ingest {args.day}")
    erased = read_erased(spark, args.erasure_key_file)
    judged, files = judge_landing(spark, args.landing_uri, args.day, args.late_days, args.max_line_bytes, erased)
    # Each file is read once: all that is written below comes from this copy.
    kept = {name: frame.persist(StorageLevel.DISK_ONLY) for name, frame in judged.items()}
    outcomes = [
        frame.select(
            "source_file",
            "outcome",
            (F.col("event_day") if "event_day" in frame.columns else F.lit(None).cast("date")).alias("event_day"),
        )
        for frame in kept.values()
    ]
    ledger = ledger_rows(spark, files, outcomes[0].unionByName(outcomes[1]).unionByName(outcomes[2]), args.day)
    taken = F.col("outcome").isin(Outcome.ACCEPTED, Outcome.ARRIVED_LATE)
    landing_day = day_literal(args.day).alias("landing_day")
    requests = kept["requests"].where(taken).withColumn("landing_day", landing_day_of_file())
    quarantine = [quarantine_rows(frame, name, args.day) for name, frame in kept.items()]
    frames = {
        schema.REQUESTS: requests.select(*schema.REQUESTS.schema.names),
        schema.USERS: kept["users"].where(taken).select(landing_day, "user_id", *USER_VALUES),
        schema.PROFILES: kept["profiles"].where(taken).select(landing_day, "user_id", *PROFILE_VALUES),
        schema.QUARANTINE: quarantine[0].unionByName(quarantine[1]).unionByName(quarantine[2]),
        schema.LEDGER: ledger,
    }
    try:
        stage_day(
            spark, stage="ingest", day=args.day, run_id=args.run_id, branch=args.branch, work_uri=args.work_uri,
            frames=frames, inputs={},
        )  # fmt: skip
    except (Py4JJavaError, PySparkException) as error:
        raise _named(error) from error


def _named(error: Exception) -> Exception:
    """An unreadable file as a failure of the data that names it; any other error as it is."""
    file = unreadable_file(error)
    if file is None:
        return error
    return DataFailed(f"{file} cannot be read to its end; nothing was staged. Deliver the file again, whole.")


if __name__ == "__main__":
    run_job(main)
