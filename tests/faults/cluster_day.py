"""`spark-submit cluster_day.py HOME DAY`: the chain of one day as one application of a cluster."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.session import get_session
from tests.integration.chain import Chain


def main(argv: Sequence[str]) -> None:
    home, day = argv
    spark = get_session("day")
    Chain(spark, Path(home)).run(date.fromisoformat(day))
    spark.stop()


if __name__ == "__main__":
    run_job(main)
