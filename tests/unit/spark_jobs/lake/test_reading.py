"""What a day of a table, a branch and a frame are read as."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.reading import count_day, day_fingerprint, published_snapshot
from spark_jobs.lake.staging import append
from spark_jobs.lake.table import Table
from tests.unit.spark_jobs.lake.conftest import Lake

ONE, TWO = date(2026, 11, 1), date(2026, 11, 2)


def test_the_fingerprint_of_a_day_changes_with_that_day_only(lake: Lake, spark: SparkSession):
    lake.publish(lake.stage(ONE, 1))
    before = day_fingerprint(spark, lake.table, ONE, published_snapshot(spark, lake.table))
    lake.publish(lake.stage(TWO, 2))
    assert day_fingerprint(spark, lake.table, ONE, published_snapshot(spark, lake.table)) == before
    lake.publish(lake.stage(ONE, 1))
    assert day_fingerprint(spark, lake.table, ONE, published_snapshot(spark, lake.table)) != before


def test_the_metadata_count_the_rows_of_a_day_as_of_a_snapshot(lake: Lake, spark: SparkSession):
    first = lake.stage(ONE, 1, 2, 3)
    lake.publish(first)
    lake.publish(lake.stage(TWO, 4))
    staged, now = first.tables[lake.table.name], published_snapshot(spark, lake.table)
    assert staged is not None
    assert [count_day(spark, lake.table, day, at) for day, at in ((ONE, staged), (TWO, staged), (ONE, now), (TWO, now))] == [3, 0, 3, 1]


def test_appended_rows_stay(lake: Lake, spark: SparkSession):
    append(spark, lake.table, lake.rows(ONE, 1))
    append(spark, lake.table, lake.rows(ONE, 1))
    assert lake.main() == [(ONE, 1), (ONE, 1)]


def test_what_was_never_published_is_a_missing_input(table: Table, spark: SparkSession):
    with pytest.raises(InputMissing, match="never been published"):
        published_snapshot(spark, table)


def test_a_branch_without_manifest_was_never_finished(spark: SparkSession, tmp_path: Path):
    with pytest.raises(InputMissing, match="did not finish"):
        Manifest.read(spark, tmp_path.as_uri(), "b_unknown")


def test_a_frame_with_other_columns_is_refused_with_every_fault(spark: SparkSession, table: Table):
    frame = spark.sql("SELECT 'x' AS n, 1 AS extra")
    with pytest.raises(TypeError, match="missing column day; column n is string, not bigint; unexpected column extra"):
        table.conform(frame)
