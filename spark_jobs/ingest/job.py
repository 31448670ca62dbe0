"""spark-submit entry of stage ingest."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.listed import read_erased
from spark_jobs.ingest import schema
from spark_jobs.ingest.judging import VALUES, JudgedLanding, Limits, judge_landing
from spark_jobs.ingest.ledger import ledger_rows
from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.outcomes import quarantine_rows
from spark_jobs.ingest.reasons import Outcome
from spark_jobs.ingest.unmatched import unmatched, unmatched_by_file, warnings
from spark_jobs.ingest.unpacking import check_unpacked
from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.table import Table, day_literal
from spark_jobs.lake.visible import visible


def build_parser() -> JobParser:
    parser = JobParser(prog="ingest", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the landing day, YYYY-MM-DD")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--branch", required=True, help="the branch of this try; nobody else writes it")
    parser.add_argument("--landing-uri", required=True)
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--late-days", type=natural, required=True)
    parser.add_argument("--max-line-bytes", type=natural, required=True)
    parser.add_argument("--max-file-bytes", type=natural, required=True, help="a .gz that unpacks to more is refused")
    parser.add_argument("--erasure-key-file", type=Path, required=True, help="of the list of erased users; read where there are any")
    return parser


def main(argv: Sequence[str]) -> None:
    """Read, judge and stage a landed day. Nothing is staged unless every file could be read to its end."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"ingest {args.day}")
    with begun(spark, StageTry("ingest", args.day, args.run_id, args.branch, args.work_uri)) as tried:
        limits = Limits(args.late_days, args.max_line_bytes, read_erased(spark, args.erasure_key_file))
        landing = judge_landing(spark, args.landing_uri, args.day, limits)
        check_unpacked(spark, landing.files, args.max_file_bytes)
        try:
            _stage(spark, landing, tried, limits.erased.list_id)
        except (Py4JJavaError, PySparkException) as error:
            raise _named(error) from error


def _stage(spark: SparkSession, landing: JudgedLanding, tried: StageTry, erased_list: str) -> None:
    # Each file is read once: all that is written below comes from this copy.
    kept = {name: frame.persist(StorageLevel.DISK_ONLY) for name, frame in landing.lines.items()}
    left = unmatched(kept, landing.corrections)
    print("".join(f"{warning}\n" for warning in warnings(left)), end="", flush=True)
    counts = unmatched_by_file(left, landing.corrections)
    ledger = ledger_rows(spark, landing.files, _outcomes(kept), tried.day, counts)
    stage_day(spark, tried, {**_raw_tables(kept, tried.day), schema.LEDGER: ledger}, {}, erased_list=erased_list)


def _outcomes(kept: Mapping[str, DataFrame]) -> DataFrame:
    """What became of each line, of all datasets."""
    day = {name: F.col("event_day") if "event_day" in frame.columns else F.lit(None).cast("date") for name, frame in kept.items()}
    frames = [frame.select("source_file", "outcome", "correction", day[name].alias("event_day")) for name, frame in kept.items()]
    return reduce(DataFrame.unionByName, frames)


def _raw_tables(kept: Mapping[str, DataFrame], day: date) -> dict[Table, DataFrame]:
    taken = F.col("outcome").isin(Outcome.ACCEPTED, Outcome.ARRIVED_LATE)
    landing_day = day_literal(day).alias("landing_day")
    requests = kept["requests"].where(taken).withColumn("landing_day", landing_day_of_file())
    return {
        schema.REQUESTS: requests.select(*schema.REQUESTS.schema.names),
        schema.USERS: kept["users"].where(taken).select(landing_day, "user_id", *VALUES["users"]),
        schema.PROFILES: kept["profiles"].where(taken).select(landing_day, "user_id", *VALUES["profiles"]),
        schema.QUARANTINE: reduce(DataFrame.unionByName, [quarantine_rows(frame, name, day) for name, frame in kept.items()]),
    }


def _named(error: Exception) -> Exception:
    """An unreadable file as a failure of the data that names it; any other error as it is."""
    file = unreadable_file(error)
    if file is None:
        return error
    return DataFailed(f"{visible(file)} cannot be read to its end; nothing was staged. Deliver the file again, whole.")


if __name__ == "__main__":
    run_job(main)
