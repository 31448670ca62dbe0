"""Publishing: what passed its gate becomes main's day, in one commit a table."""

from collections.abc import Iterable
from enum import Enum

from pyspark.sql import SparkSession

from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.iceberg import each, load_table, retry_passing
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.reading import day_fingerprint, has_day, published_snapshot
from spark_jobs.lake.table import Table

CONFLICT = "Cannot cherry-pick replace partitions with changed partition"


class Published(Enum):
    """How a publish ended."""

    NOW = "published"
    ALREADY = "was published already"
    EMPTIED = "published as an empty day"


def check_inputs(spark: SparkSession, tables: Iterable[Table], manifest: Manifest) -> None:
    """DataFailed: an input's day was published anew since the stage read it, so that publishing would mix two states of the day."""
    for table in tables:
        read, now = manifest.inputs[table.name], published_snapshot(spark, table)
        if day_fingerprint(spark, table, manifest.day, read) != day_fingerprint(spark, table, manifest.day, now):
            raise DataFailed(
                f"{table.name} of {manifest.day} was published anew after stage {manifest.stage} had read it. Run the day again."
            )


def publish_day(spark: SparkSession, table: Table, manifest: Manifest) -> Published:
    """Make the staged rows main's rows of the day.

    Cherry-picking is an optimistic lock per day: other days may have been published since the snapshot was staged, this one not.
    DataFailed: this day was published by another run since then; main keeps that run's rows.
    """
    snapshot_id = manifest.tables[table.name]
    if snapshot_id is None:
        return _publish_empty(spark, table, manifest)
    if is_published(spark, table, snapshot_id):
        return Published.ALREADY
    namespace_table = table.identifier.partition(".")[2]
    call = f"CALL lake.system.cherrypick_snapshot(table => '{namespace_table}', snapshot_id => {snapshot_id})"

    def pick() -> Published:
        spark.sql(call)
        return Published.NOW

    def done() -> Published | None:
        return Published.NOW if is_published(spark, table, snapshot_id) else None

    try:
        return retry_passing(f"publish {table.name}", pick, done)
    except Exception as error:
        if CONFLICT not in str(error):
            raise
        raise _overtaken(table, manifest) from error


def _overtaken(table: Table, manifest: Manifest) -> DataFailed:
    return DataFailed(
        f"{table.name} of {manifest.day} was published by another run after this one had staged it; "
        "nothing of this run was published for it. Run the day again."
    )


def is_published(spark: SparkSession, table: Table, snapshot_id: int) -> bool:
    """Whether the snapshot, or its cherry-picked copy, is in main's history."""
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return False
    ancestors = spark._jvm.org.apache.iceberg.util.SnapshotUtil.currentAncestors(loaded)  # type: ignore[union-attr]
    for ancestor in each(ancestors):
        source = ancestor.summary().get("source-snapshot-id")
        if ancestor.snapshotId() == snapshot_id or source == str(snapshot_id):
            return True
    return False


def _publish_empty(spark: SparkSession, table: Table, manifest: Manifest) -> Published:
    """Nothing was committed, so nothing can be cherry-picked: delete the day, unless another run has published it meanwhile."""
    day = manifest.day
    now = published_snapshot(spark, table)
    if not has_day(spark, table, day, now):
        return Published.EMPTIED
    if day_fingerprint(spark, table, day, now) != day_fingerprint(spark, table, day, manifest.bases[table.name]):
        raise _overtaken(table, manifest)
    delete = f"DELETE FROM {table.identifier} WHERE {table.day_column} = DATE'{day.isoformat()}'"
    retry_passing(f"empty {table.name}", lambda: spark.sql(delete))
    return Published.EMPTIED
