"""Writing a batch exactly once, however often it is run, also by two programs at once.

Rows are appended in two steps, both Iceberg's own: they are staged under an id made of query and batch, then published. Iceberg looks for
the id in the table's history as a part of the commit (write-audit-publish, `wap.id`), so that the second of two cannot go through. A merge
takes the place of rows with the same key, and two at once conflict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.iceberg import each, ensure_properties, ensure_table, load_table, retry_passing
from spark_jobs.lake.table import Table

QUERY_ID, BATCH_ID = "millrace.query_id", "millrace.batch_id"
CONF, WAP_CONF = "spark.sql.iceberg.snapshot-property.", "spark.wap.id"
PROPERTIES = {"write.wap.enabled": "true"}


@dataclass(frozen=True)
class Batch:
    """A batch of a query. query_id: the checkpoint's own, so that a new checkpoint is another query."""

    query_id: str
    batch_id: int

    @property
    def wap_id(self) -> str:
        return f"{self.query_id}-{self.batch_id}"


def ensure_live_table(spark: SparkSession, table: Table) -> None:
    """As ensure_table, for a table whose batches are published by their ids."""
    ensure_properties(ensure_table(spark, table), PROPERTIES)


def append_once(spark: SparkSession, table: Table, frame: DataFrame, batch: Batch) -> None:
    """Add the batch's rows, unless the table has them. spark: the batch's own session, as no other query may write with its properties."""
    conformed = table.conform(frame)
    if is_written(spark, table, batch):
        return

    def is_staged() -> bool:
        loaded = load_table(spark, table)
        return any(snapshot.summary().get("wap.id") == batch.wap_id for snapshot in each(loaded.snapshots()))  # type: ignore[union-attr]

    _mark(spark, batch)
    spark.conf.set(WAP_CONF, batch.wap_id)
    try:
        if not is_staged():
            retry_passing(f"stage {table.name}", lambda: conformed.writeTo(table.identifier).append(), lambda: is_staged() or None)
    finally:
        spark.conf.unset(WAP_CONF)
    _publish(spark, table, batch)


def _publish(spark: SparkSession, table: Table, batch: Batch) -> None:
    # With the catalog's name before it: of `live.requests` Iceberg would first look for a catalog `live`, and warn with a page of stack.
    publish = f"CALL lake.system.publish_changes(table => '{table.identifier}', wap_id => '{batch.wap_id}')"
    try:
        retry_passing(f"write {table.name}", lambda: spark.sql(publish), lambda: is_written(spark, table, batch) or None)
    except (Py4JJavaError, PySparkException) as error:
        # Its own words for an id that another program has published since.
        if "DuplicateWAPCommitException" not in str(error) and "already been published" not in str(error):
            raise


def merge_once(spark: SparkSession, table: Table, frame: DataFrame, batch: Batch) -> None:
    """Put the batch's rows in the place of those with the same day and key, unless the table has them."""
    conformed = table.conform(frame)
    if is_written(spark, table, batch):
        return
    same = " AND ".join(f"old.{name} = new.{name}" for name in (table.day_column, *table.key))
    merge = (
        f"MERGE INTO {table.identifier} old USING batch_rows new ON {same} WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    _mark(spark, batch)
    # A merge reads its source twice: the state would be asked and counted twice.
    rows = conformed.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        rows.createOrReplaceTempView("batch_rows")
        retry_passing(f"write {table.name}", lambda: spark.sql(merge), lambda: is_written(spark, table, batch) or None)
    finally:
        rows.unpersist()


def _mark(spark: SparkSession, batch: Batch) -> None:
    spark.conf.set(CONF + QUERY_ID, batch.query_id)
    spark.conf.set(CONF + BATCH_ID, str(batch.batch_id))


def is_written(spark: SparkSession, table: Table, batch: Batch) -> bool:
    """Whether main's history has the batch. InputMissing: it has a later one of the query: the checkpoint is older than the table."""
    newest = newest_batch(spark, table, batch.query_id)
    if newest is not None and newest > batch.batch_id:
        raise InputMissing(
            f"the checkpoint of query {batch.query_id} is at batch {batch.batch_id}, {table.name} has its batch {newest} already: they are "
            "not of one moment. Restore checkpoint and tables from the same backup, or begin anew (docs/operations.md)"
        )
    return newest == batch.batch_id


def newest_batch(spark: SparkSession, table: Table, query_id: str) -> int | None:
    """The number of the newest batch of a query in the table's history, or None where it holds none of it."""
    for snapshot in history(spark, table):
        told = marks(snapshot)
        if told is not None and told.query_id == query_id:
            return told.batch_id
    return None


def marks(snapshot: Any) -> Batch | None:
    """The batch that a snapshot of main holds. One that was published carries its id only."""
    summary = snapshot.summary()
    if summary.get(QUERY_ID):
        return Batch(summary.get(QUERY_ID), int(summary.get(BATCH_ID)))
    published = summary.get("published-wap-id")
    if published:
        query_id, _, number = published.rpartition("-")
        return Batch(query_id, int(number))
    return None


def history(spark: SparkSession, table: Table) -> Iterator[Any]:
    """Main's snapshots, the newest first; of a table that is not there, none."""
    loaded = load_table(spark, table)
    if loaded is not None and loaded.currentSnapshot() is not None:
        yield from each(spark._jvm.org.apache.iceberg.util.SnapshotUtil.currentAncestors(loaded))  # type: ignore[union-attr]
