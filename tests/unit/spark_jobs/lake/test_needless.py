"""When a snapshot of main is of no use any more."""

import time
from datetime import date

from pyspark.sql import SparkSession

from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.reading import published_snapshot
from spark_jobs.maintain.snapshots import needless
from tests.faults.test_interleavings import NOBODY
from tests.unit.spark_jobs.lake.conftest import Lake

ONE, TWO = date(2064, 3, 1), date(2064, 3, 2)


def test_one_counts_as_superseded_from_the_publish_of_the_next_and_not_from_its_staging(lake: Lake, spark: SparkSession) -> None:
    """The next one was staged long before, and is published as it is."""
    lake.publish(lake.stage(ONE, 1))
    before = published_snapshot(spark, lake.table)
    staged = lake.stage(TWO, 2)
    time.sleep(0.01)
    moment = int(time.time() * 1000)
    time.sleep(0.01)
    lake.publish(staged)
    assert published_snapshot(spark, lake.table) == staged.tables[lake.table.name]
    assert before not in needless(load_table(spark, lake.table), NOBODY, moment).snapshots
    assert before in needless(load_table(spark, lake.table), NOBODY, int(time.time() * 1000) + 1).snapshots
