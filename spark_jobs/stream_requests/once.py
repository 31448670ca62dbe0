"""Writing a batch exactly once: a batch that is run again after a crash finds what it has written already."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.iceberg import each, ensure_table, load_table, retry_passing
from spark_jobs.lake.table import Table

QUERY_ID, BATCH_ID = "millrace.query_id", "millrace.batch_id"
CONF = "spark.sql.iceberg.snapshot-property."
# A second's batch is a commit: without these the metadata of a table would grow with each.
PROPERTIES = {"write.metadata.delete-after-commit.enabled": "true", "write.metadata.previous-versions-max": "20"}


@dataclass(frozen=True)
class Batch:
    """A batch of a query. query_id: the checkpoint's own, so that a new checkpoint is another query."""

    query_id: str
    batch_id: int


def ensure_live_table(spark: SparkSession, table: Table) -> None:
    """As ensure_table, for a table with a commit a second."""
    loaded = ensure_table(spark, table)
    if loaded.properties().get("write.metadata.delete-after-commit.enabled") != "true":
        properties = ", ".join(f"'{name}'='{value}'" for name, value in PROPERTIES.items())
        retry_passing(f"properties of {table.name}", lambda: spark.sql(f"ALTER TABLE {table.identifier} SET TBLPROPERTIES ({properties})"))


def append_once(spark: SparkSession, table: Table, frame: DataFrame, batch: Batch) -> None:
    """Add the batch's rows, unless the table has them."""
    conformed = table.conform(frame)
    _once(spark, table, batch, lambda: conformed.writeTo(table.identifier).append())


def merge_once(spark: SparkSession, table: Table, frame: DataFrame, batch: Batch) -> None:
    """Put the batch's rows in the place of those with the same day and key, unless the table has them."""
    conformed = table.conform(frame)
    conformed.createOrReplaceTempView("batch_rows")
    same = " AND ".join(f"old.{name} = new.{name}" for name in (table.day_column, *table.key))
    merge = (
        f"MERGE INTO {table.identifier} old USING batch_rows new ON {same} WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    _once(spark, table, batch, lambda: conformed.sparkSession.sql(merge))


def _once(spark: SparkSession, table: Table, batch: Batch, write: Callable[[], Any]) -> None:
    def done() -> bool | None:
        return True if is_written(spark, table, batch) else None

    if done():
        return
    # A batch's session is its query's own, so that no other query writes with these properties.
    spark.conf.set(CONF + QUERY_ID, batch.query_id)
    spark.conf.set(CONF + BATCH_ID, str(batch.batch_id))
    retry_passing(f"write {table.name}", write, done)


def is_written(spark: SparkSession, table: Table, batch: Batch) -> bool:
    """Whether main's history has the batch. Batches come in their order, so the query's newest one tells."""
    newest = newest_batch(spark, table, batch.query_id)
    return newest is not None and newest >= batch.batch_id


def newest_batch(spark: SparkSession, table: Table, query_id: str) -> int | None:
    """The number of the newest batch of a query in the table's history, or None where it holds none of it."""
    for summary in summaries(spark, table):
        if summary.get(QUERY_ID) == query_id:
            return int(summary.get(BATCH_ID))
    return None


def summaries(spark: SparkSession, table: Table) -> Any:
    """The summaries of main's snapshots, the newest first; of a table that is not there, none."""
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return
    ancestors = spark._jvm.org.apache.iceberg.util.SnapshotUtil.currentAncestors(loaded)  # type: ignore[union-attr]
    for snapshot in each(ancestors):
        yield snapshot.summary()
