"""`spark-submit audit_counters.py LANDING_URI DAY TOLD`: the audit's counters on a cluster, slowly enough to interfere.

Each try of a partition leaves a file `<partition>-<try>` in the folder TOLD, with the ids of the processes that it runs in. The first
try of partition 0 hangs: only a speculative copy can end the pass. The result goes to TOLD/result.json.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from pyspark import RDD, TaskContext
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs.blocklist import read_literals
from spark_jobs.audit_raw_logs.counters import count_lines
from spark_jobs.audit_raw_logs.erased import Erased
from spark_jobs.audit_raw_logs.judging import Judged, judge
from spark_jobs.audit_raw_logs.keeping import TWO_COPIES, kept
from spark_jobs.audit_raw_logs.raw_lines import read_raw_lines
from spark_jobs.ingest.datasets import REQUESTS
from spark_jobs.ingest.landing import landed_files
from tests.web import answer

HANG_SECONDS, PAUSE_SECONDS = 3600, 1.5
SPECULATION: dict[str, bool | float | int | str | None] = {
    "spark.speculation": "true",
    "spark.speculation.interval": "500ms",
    "spark.speculation.quantile": "0.5",
    "spark.speculation.multiplier": "2",
    "spark.task.maxFailures": "8",
    "spark.locality.wait": "0s",
}


def main(landing_uri: str, day: str, told: str) -> None:
    spark = SparkSession.builder.appName("audit_counters").config(map=SPECULATION).getOrCreate()
    judged = read_raw_lines(spark, landing_uri, landed_files(spark, landing_uri, REQUESTS, date.fromisoformat(day))).map(
        judge(date.fromisoformat(day), 2, 1024 * 1024, (), {}, Erased(b"", {}, {}))
    )
    sc = spark.sparkContext
    literals = sc.broadcast(read_literals(spark, landing_uri))
    counters = count_lines(sc, slowly(judged, Path(told)), literals)
    with kept(judged, TWO_COPIES):
        again = count_lines(sc, judged, literals)
        storage, copies = storage_page(spark, judged)
    left, _ = storage_page(spark, judged)
    result = {"counters": counters, "again": again, "partitions": judged.getNumPartitions()}
    result |= {"storage": storage, "copies": copies, "left": left}
    (Path(told) / "result.json").write_text(json.dumps(result))
    spark.stop()


def slowly(judged: RDD[Judged], told: Path) -> RDD[Judged]:
    """The same lines, with a pause before each partition's."""

    def pausing(partition: int, lines: Iterable[Judged]) -> Iterator[Judged]:
        context = TaskContext.get()
        assert context is not None
        processes = [process.pid for process in psutil.Process().parents()]
        (told / f"{partition}-{context.attemptNumber()}").write_text(json.dumps(processes))
        time.sleep(HANG_SECONDS if (partition, context.attemptNumber()) == (0, 0) else PAUSE_SECONDS)
        yield from lines

    return judged.mapPartitionsWithIndex(pausing)


def storage_page(spark: SparkSession, rdd: RDD[Any]) -> tuple[list[dict[str, Any]], list[int]]:
    """What the UI's storage page lists of the RDD, if anything, and on how many executors each of its partitions lies."""
    sc = spark.sparkContext
    sc._jsc.sc().listenerBus().waitUntilEmpty()  # type: ignore[attr-defined]
    page = f"{sc.uiWebUrl}/api/v1/applications/{sc.applicationId}/storage/rdd"
    listed = [one for one in answer(page) if one["id"] == rdd.id()]
    return listed, [len(partition["executors"]) for one in listed for partition in answer(f"{page}/{one['id']}")["partitions"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
