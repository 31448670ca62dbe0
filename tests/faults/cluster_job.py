"""`spark-submit cluster_job.py large`: a job whose executor's heap is too small. `until FILE`: one that ends once that file is there."""

import time
from collections.abc import Iterable, Sequence
from itertools import count, takewhile
from pathlib import Path

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.session import get_session

PARTITIONS, SECONDS = 2, 1.5


def main(argv: Sequence[str]) -> None:
    spark = get_session(argv[0])
    match argv:
        case ["large"]:
            spark.range(1).selectExpr("length(repeat(CAST(id AS STRING), 1 << 30)) AS length").collect()
        case ["until", file]:
            for number in takewhile(lambda _: not Path(file).exists(), count()):
                total = spark.sparkContext.parallelize(range(100), PARTITIONS).mapPartitions(slowly).sum()
                print(f"pass {number}: {total}", flush=True)
    spark.stop()


def slowly(numbers: Iterable[int]) -> Iterable[int]:
    time.sleep(SECONDS)
    return numbers


if __name__ == "__main__":
    run_job(main)
