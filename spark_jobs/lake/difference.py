"""How two states of a table's day differ, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import MapType, StructField

from spark_jobs.lake.table import Table


@dataclass(frozen=True)
class Difference:
    """Numbers of rows.

    changed: rows whose key is in both states, with other values. None for a table without a key: a changed row is then one removed
        and one added.
    examples: for `added`, `removed` and `changed`, where there are any, the smallest such key, its columns' values in their order.
    """

    added: int
    removed: int
    changed: int | None = None
    examples: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


def day_difference(table: Table, before: DataFrame, after: DataFrame) -> Difference:
    """By key where the table has one, else as multisets. Both frames are of one day, in which keys are unique."""
    return _keyed_difference(table, before, after) if table.key else multiset_difference(table, before, after)


def multiset_difference(table: Table, before: DataFrame, after: DataFrame) -> Difference:
    """Rows that are there more often after, and those that were there more often before, whatever the table's key."""
    values = [_comparable(column).alias(column.name) for column in table.schema.fields]
    both = before.select(*values, F.lit(-1).alias("times")).unionByName(after.select(*values, F.lit(1).alias("times")))
    times = F.col("times")
    surplus = both.groupBy(*table.schema.names).agg(F.sum(times).alias("times"))
    counts = surplus.agg(F.sum(F.greatest(times, F.lit(0))).alias("added"), F.sum(F.greatest(-times, F.lit(0))).alias("removed")).first()
    assert counts is not None  # an aggregate without groups is one row
    return Difference(counts.added or 0, counts.removed or 0)


def _keyed_difference(table: Table, before: DataFrame, after: DataFrame) -> Difference:
    values = F.struct(*[_comparable(column).alias(column.name) for column in table.schema.fields if column.name not in table.key])
    old, new = before.select(*table.key, values.alias("before")), after.select(*table.key, values.alias("after"))
    kind = (
        F.when(F.col("before").isNull(), "added")
        .when(F.col("after").isNull(), "removed")
        .when(~F.col("before").eqNullSafe(F.col("after")), "changed")
    )
    differing = old.join(new, list(table.key), "full_outer").withColumn("kind", kind).where("kind IS NOT NULL")
    found = differing.groupBy("kind").agg(F.count("*").alias("rows"), F.min(F.struct(*table.key)).alias("example")).collect()
    rows = {row.kind: row.rows for row in found}
    examples = {row.kind: tuple(row.example) for row in found}
    return Difference(rows.get("added", 0), rows.get("removed", 0), rows.get("changed", 0), examples)


def _comparable(column: StructField) -> Column:
    """The column as a type that Spark can compare and group by: a map has no order, so its entries are sorted."""
    is_map = isinstance(column.dataType, MapType)
    return F.array_sort(F.map_entries(column.name)) if is_map else F.col(column.name)
