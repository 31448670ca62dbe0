"""`spark-submit cluster_job.py large|slow`: a job whose executor's heap is too small, or one that takes its time."""

import time
from collections.abc import Iterable, Sequence

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.session import get_session

PASSES, PARTITIONS, SECONDS = 6, 2, 1.5


def main(argv: Sequence[str]) -> None:
    spark = get_session(argv[0])
    if argv[0] == "large":
        spark.range(1).selectExpr("length(repeat(CAST(id AS STRING), 1 << 30)) AS length").collect()
    for number in range(PASSES):
        total = spark.sparkContext.parallelize(range(100), PARTITIONS).mapPartitions(slowly).sum()
        print(f"pass {number}: {total}", flush=True)
    spark.stop()


def slowly(numbers: Iterable[int]) -> Iterable[int]:
    time.sleep(SECONDS)
    return numbers


if __name__ == "__main__":
    run_job(main)
