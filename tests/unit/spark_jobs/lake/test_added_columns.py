"""A table of an older lake gets the columns that came since; anything else is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import DateType, LongType, StructField, StructType

from spark_jobs.lake import iceberg
from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.lake.publishing import publish_day
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.staging import append, stage_day
from spark_jobs.lake.table import Table

ONE, TWO = date(2026, 11, 1), date(2026, 11, 2)
OLD = [StructField("day", DateType(), False), StructField("n", LongType(), False)]
NEW = [*OLD, StructField("dropped", LongType(), False), StructField("corrected", LongType(), False)]


@pytest.fixture
def old(request: pytest.FixtureRequest) -> Table:
    return Table(f"test.{request.node.originalname}", StructType(OLD))


@pytest.fixture
def new(old: Table) -> Table:
    return replace(old, schema=StructType(NEW), added=("dropped", "corrected"))


def test_rows_from_before_stay_and_a_new_day_is_staged_and_published(spark: SparkSession, old: Table, new: Table, tmp_path: Path) -> None:
    append(spark, old, spark.createDataFrame([(ONE, 1)], old.schema))
    before = published_snapshot(spark, old)
    tried = StageTry("test", TWO, "run", "b", tmp_path.as_uri())
    manifest = stage_day(spark, tried, {new: spark.createDataFrame([(TWO, 2, 3, 4)], new.schema)}, {})
    assert [tuple(row) for row in spark.table(new.identifier).collect()] == [(ONE, 1, None, None)]  # main: nothing is published yet
    publish_day(spark, new, manifest)
    assert {tuple(row) for row in spark.table(new.identifier).collect()} == {(ONE, 1, None, None), (TWO, 2, 3, 4)}
    # Jobs find 0 in the rows from before.
    assert [tuple(row) for row in read_day(spark, new, ONE, published_snapshot(spark, new)).collect()] == [(ONE, 1, 0, 0)]
    # A snapshot from before has the counts too, as 0, so that a release of then can be restored.
    assert [tuple(row) for row in read_day(spark, new, ONE, before).collect()] == [(ONE, 1, 0, 0)]
    new.conform(read_day(spark, new, ONE, before))


def test_a_table_that_was_not_written_since_is_read_with_the_new_columns(spark: SparkSession, old: Table, new: Table) -> None:
    append(spark, old, spark.createDataFrame([(ONE, 1)], old.schema))
    assert [tuple(row) for row in read_day(spark, new, ONE, published_snapshot(spark, new)).collect()] == [(ONE, 1, 0, 0)]


def test_of_two_that_add_the_columns_at_once_the_second_finds_them(
    spark: SparkSession, old: Table, new: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_table(spark, old)
    added = iceberg._add_columns

    def late(spark: SparkSession, table: Table) -> bool:
        monkeypatch.setattr(iceberg, "_add_columns", added)
        ensure_table(spark, table)
        spark.sql(f"ALTER TABLE {table.identifier} ADD COLUMNS (`dropped` bigint, `corrected` bigint)")  # what it had planned before
        return True

    monkeypatch.setattr(iceberg, "_add_columns", late)
    loaded = ensure_table(spark, new)
    assert [str(column.name()) for column in iceberg.each(loaded.schema().columns())] == new.schema.names


@pytest.mark.parametrize(
    "columns, added",
    [
        (["day", "m"], ()),  # another column
        (["day"], ()),  # one less, which nobody added later
        (["day", "n", "dropped", "corrected", "later"], ("dropped", "corrected")),  # a newer version has written it
        (["day", "n", "corrected"], ("dropped", "corrected")),  # not the first of those that came later
    ],
)
def test_other_columns_are_refused_with_a_remedy(
    spark: SparkSession, new: Table, columns: list[str], added: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    fields = [StructField(name, DateType() if name == "day" else LongType()) for name in columns]
    name = f"test.other_columns_{request.node.callspec.indices['columns']}"
    ensure_table(spark, Table(name, StructType(fields)))
    with pytest.raises(DataFailed, match=rf"{name} of this lake has the columns {', '.join(columns)}; .* empty catalog"):
        ensure_table(spark, replace(new, name=name, added=added))
