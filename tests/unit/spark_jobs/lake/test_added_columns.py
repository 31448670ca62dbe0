"""A table of an older lake gets its new columns, wherever they stand; its rows, old branches and old snapshots stay readable."""

from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql.types import DateType, LongType, MapType, StringType, StructField, StructType

from spark_jobs.lake.iceberg import ensure_table, load_table
from spark_jobs.lake.publishing import publish_day
from spark_jobs.lake.reading import published_snapshot, read_day, read_snapshot
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.table import Table

ONE, TWO = date(2026, 11, 1), date(2026, 11, 2)
DAY, N, LAST = StructField("day", DateType()), StructField("n", LongType()), StructField("last", StringType())
NEW, MAP = StructField("new", LongType()), StructField("map", MapType(StringType(), LongType()))
OLD_TABLE = Table("test.added_columns", StructType([DAY, N, LAST]))
TABLE = Table("test.added_columns", StructType([DAY, N, NEW, LAST, MAP]), added={"new": 0, "map": None})


def stage(spark: SparkSession, table: Table, work: Path, day: date, branch: str, *values: object):
    frame = spark.createDataFrame([(day, *values)], table.schema)
    return stage_day(spark, stage="test", day=day, run_id="r", branch=branch, work_uri=work.as_uri(), frames={table: frame}, inputs={})


def test_columns_are_added_in_their_place_and_old_rows_hold_the_default(spark: SparkSession, tmp_path: Path) -> None:
    publish_day(spark, OLD_TABLE, stage(spark, OLD_TABLE, tmp_path, ONE, "first", 1, "x"))
    waiting = stage(spark, OLD_TABLE, tmp_path, TWO, "waiting", 2, "y")  # staged before, published after
    before = published_snapshot(spark, TABLE)
    assert read_snapshot(spark, TABLE, before).columns == TABLE.schema.names
    ensure_table(spark, TABLE)
    assert spark.table(TABLE.identifier).columns == ["day", "n", "new", "last", "map"]
    assert published_snapshot(spark, TABLE) == before  # no row was touched
    assert [tuple(row) for row in read_day(spark, TABLE, ONE, before).collect()] == [(ONE, 1, 0, "x", None)]
    publish_day(spark, TABLE, waiting)
    publish_day(spark, TABLE, stage(spark, TABLE, tmp_path, ONE, "second", 3, 7, "z", {"a": 1}))
    now = published_snapshot(spark, TABLE)
    rows = sorted(tuple(row) for row in read_snapshot(spark, TABLE, now).collect())
    assert rows == [(ONE, 3, 7, "z", {"a": 1}), (TWO, 2, 0, "y", None)]
    assert [tuple(row) for row in read_day(spark, TABLE, ONE, before).collect()] == [(ONE, 1, 0, "x", None)]


def test_a_table_that_has_its_columns_is_left_alone(spark: SparkSession) -> None:
    table = Table("test.added_nothing", TABLE.schema, added=TABLE.added)
    ensure_table(spark, table)
    schema_id = load_table(spark, table).schema().schemaId()  # type: ignore[union-attr]
    ensure_table(spark, table)
    assert load_table(spark, table).schema().schemaId() == schema_id  # type: ignore[union-attr]
    assert spark.table(table.identifier).columns == table.schema.names
