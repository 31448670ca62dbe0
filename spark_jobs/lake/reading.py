"""Reading tables, always at one exact snapshot."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.iceberg import each, load_table
from spark_jobs.lake.table import Table, day_literal


def current_snapshot(spark: SparkSession, table: Table) -> int | None:
    """The id of main's snapshot; None where the table does not exist or has no commit."""
    loaded = load_table(spark, table)
    snapshot = None if loaded is None else loaded.currentSnapshot()
    return None if snapshot is None else int(snapshot.snapshotId())


def published_snapshot(spark: SparkSession, table: Table) -> int:
    """As current_snapshot; InputMissing where nothing was ever published."""
    snapshot_id = current_snapshot(spark, table)
    if snapshot_id is None:
        raise InputMissing(f"{table.name} has never been published: run the earlier stages of the day first")
    return snapshot_id


def kept_snapshots(spark: SparkSession, table: Table, snapshot_ids: Iterable[int]) -> set[int]:
    """Those of the snapshots that the table still keeps; one that has expired cannot be read any more."""
    loaded = load_table(spark, table)
    return set() if loaded is None else {snapshot_id for snapshot_id in snapshot_ids if loaded.snapshot(snapshot_id) is not None}


def read_as_written(spark: SparkSession, table: Table, snapshot_id: int) -> DataFrame:
    """The whole table as of a snapshot, on whichever branch it is, with the columns and NULLs of that moment."""
    return spark.read.option("versionAsOf", str(snapshot_id)).table(table.identifier)


def read_snapshot(spark: SparkSession, table: Table, snapshot_id: int) -> DataFrame:
    """As read_as_written, but counts and flags that came later are 0 and false, whether the snapshot is older than they are, or the row."""
    frame = read_as_written(spark, table, snapshot_id)
    zero = {name: F.lit(0).cast(table.schema[name].dataType) for name in table.added}
    return frame.withColumns({name: F.coalesce(name, zero[name]) if name in frame.columns else zero[name] for name in zero})


def read_day(spark: SparkSession, table: Table, day: date, snapshot_id: int) -> DataFrame:
    """One day's rows of the table as of a snapshot."""
    return read_snapshot(spark, table, snapshot_id).where(F.col(table.day_column) == day_literal(day))


def day_fingerprint(spark: SparkSession, table: Table, day: date, snapshot_id: int) -> str:
    """A hash of the data files that hold a day as of a snapshot.

    Publishing another day moves main but leaves this as it is, so equal fingerprints mean that nothing changed for the day.
    """
    return hashlib.sha256("\n".join(sorted(_day_files(spark, table, day, snapshot_id))).encode()).hexdigest()[:16]


def has_day(spark: SparkSession, table: Table, day: date, snapshot_id: int) -> bool:
    """Whether the table has rows of the day as of a snapshot."""
    return bool(_day_files(spark, table, day, snapshot_id))


def count_day(spark: SparkSession, table: Table, day: date, snapshot_id: int) -> int:
    """The table's rows of the day as of a snapshot, as its metadata tells; no data file is read."""
    return sum(_day_files(spark, table, day, snapshot_id).values())


def day_expression(spark: SparkSession, table: Table, day: date) -> Any:
    """Iceberg's own condition for the rows of a day."""
    return spark._jvm.org.apache.iceberg.expressions.Expressions.equal(table.day_column, day.isoformat())  # type: ignore[union-attr]


def _day_files(spark: SparkSession, table: Table, day: date, snapshot_id: int) -> dict[str, int]:
    """The data files that hold the day, each with its rows."""
    loaded = load_table(spark, table)
    if loaded is None:
        raise InputMissing(f"{table.name} does not exist")
    scan = loaded.newScan().useSnapshot(snapshot_id).filter(day_expression(spark, table, day))
    tasks = scan.planFiles()
    try:
        return {str(task.file().location()): int(task.file().recordCount()) for task in each(tasks)}
    finally:
        tasks.close()
