"""How two states of a day differ: by key, and as multisets."""

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, DateType, LongType, MapType, StringType, StructField, StructType

from spark_jobs.lake.difference import Difference, day_difference, multiset_difference
from spark_jobs.lake.table import Table

SCHEMA = StructType(
    [
        StructField("day", DateType()),
        StructField("name", StringType()),
        StructField("n", LongType()),
        StructField("list", ArrayType(StringType())),
        StructField("map", MapType(StringType(), LongType())),
    ]
)
KEYED, KEYLESS = Table("test.keyed", SCHEMA, ("name", "n")), Table("test.keyless", SCHEMA)


def rows(spark: SparkSession, *values: tuple[Any, ...]) -> DataFrame:
    return spark.createDataFrame([(None, *value) for value in values], SCHEMA)


def test_by_key(spark: SparkSession) -> None:
    before = rows(
        spark,
        ("same", 1, ["x"], {"a": 1, "b": 2}),
        ("gone", 2, [], {}),
        ("gone", 1, [], {}),
        ("list", 1, ["x"], {}),
        ("map", 1, [], {"a": 1}),
        ("null", 1, None, None),
    )
    after = rows(
        spark,
        ("same", 1, ["x"], {"b": 2, "a": 1}),
        ("new", 1, [], {}),
        ("list", 1, ["y"], {}),
        ("map", 1, [], {"a": 2}),
        ("null", 1, [], None),
    )
    examples = {"added": ("new", 1), "removed": ("gone", 1), "changed": ("list", 1)}
    assert day_difference(KEYED, before, after) == Difference(1, 2, 3, examples)
    assert day_difference(KEYED, before, before) == Difference(0, 0, 0)


@pytest.mark.parametrize("table", [KEYED, KEYLESS], ids=lambda table: table.name)
def test_as_multisets_rows_count_as_often_as_they_are_there(spark: SparkSession, table: Table) -> None:
    before = rows(spark, *[("twice", 1, ["x"], {"a": 1, "b": 2})] * 2, ("null", None, None, None), ("gone", 1, [], {}))
    after = rows(spark, *[("twice", 1, ["x"], {"b": 2, "a": 1})] * 5, ("null", None, None, None))
    assert multiset_difference(table, before, after) == Difference(3, 1)
    assert multiset_difference(table, after, before) == Difference(1, 3)


def test_a_table_without_a_key_is_compared_as_multisets(spark: SparkSession) -> None:
    before, after = rows(spark, ("a", 1, [], {})), rows(spark, ("a", 2, [], {}))
    assert day_difference(KEYLESS, before, after) == Difference(1, 1)
    nothing = rows(spark)
    assert day_difference(KEYLESS, nothing, nothing) == Difference(0, 0)
    assert day_difference(KEYED, nothing, after) == Difference(1, 0, 0, {"added": ("a", 2)})
