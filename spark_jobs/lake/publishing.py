"""Publishing: what passed its gate becomes main's day, in one commit a table."""

from collections.abc import Iterable, Sequence
from enum import Enum

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.iceberg import each, load_table, retry_passing
from spark_jobs.lake.manifest import Manifest, snapshot_properties
from spark_jobs.lake.reading import day_expression, day_fingerprint, has_day, published_snapshot
from spark_jobs.lake.table import Table

REFUSED_PICK = "Cannot cherry-pick replace partitions with changed partition"


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


def check_bases(spark: SparkSession, tables: Iterable[Table], manifest: Manifest) -> None:
    """DataFailed: another run has published the day of one of these tables since it was staged; asked before the first publish, so that
    a stage's tables never come from two runs."""
    for table in tables:
        if is_overtaken(spark, table, manifest, published_snapshot(spark, table)):
            raise _overtaken(table, manifest)


def publish_day(spark: SparkSession, table: Table, manifest: Manifest, after: Sequence[Table] = ()) -> Published:
    """Make the staged rows main's rows of the day.

    Both ways are an optimistic lock per day: other days may have been published since the snapshot was staged, this one not.
    after: the stage's tables that were published before this one; a run that stood still between them must not go on into another's day.
    DataFailed: this day was published by another run since then; main keeps that run's rows.
    """
    snapshot_id = manifest.tables[table.name]
    if snapshot_id is not None and is_published(spark, table, snapshot_id):
        return Published.ALREADY

    def publish() -> Published:
        for before in after:
            check_published(spark, before, manifest, published_snapshot(spark, before))
        return _empty_day(spark, table, manifest) if snapshot_id is None else _pick(spark, table, snapshot_id)

    def done() -> Published | None:
        return Published.NOW if snapshot_id is not None and is_published(spark, table, snapshot_id) else None

    try:
        return retry_passing(f"publish {table.name}", publish, done)
    except (Py4JJavaError, PySparkException) as error:
        # Iceberg also refuses a day that was published and emptied again meanwhile, which looks as it did.
        if REFUSED_PICK in str(error) or is_overtaken(spark, table, manifest, published_snapshot(spark, table)):
            raise _overtaken(table, manifest) from error
        raise


def _pick(spark: SparkSession, table: Table, snapshot_id: int) -> Published:
    namespace_table = table.identifier.partition(".")[2]
    spark.sql(f"CALL lake.system.cherrypick_snapshot(table => '{namespace_table}', snapshot_id => {snapshot_id})")
    return Published.NOW


def _empty_day(spark: SparkSession, table: Table, manifest: Manifest) -> Published:
    """Nothing was committed, so nothing can be cherry-picked: delete the day, which Iceberg refuses if rows came in meanwhile."""
    now = published_snapshot(spark, table)
    if is_overtaken(spark, table, manifest, now):
        raise _overtaken(table, manifest)
    if has_day(spark, table, manifest.day, now):
        delete = load_table(spark, table).newOverwrite()  # type: ignore[union-attr]
        of_day = day_expression(spark, table, manifest.day)
        for name, value in snapshot_properties(manifest.day, manifest.run_id, manifest.branch).items():
            delete.set(name, value)
        delete.overwriteByRowFilter(of_day).validateFromSnapshot(now).conflictDetectionFilter(of_day)
        delete.validateNoConflictingData().validateNoConflictingDeletes().commit()
    return Published.EMPTIED


def _overtaken(table: Table, manifest: Manifest) -> DataFailed:
    return DataFailed(
        f"{table.name} of {manifest.day} was published by another run after this one had staged it; "
        "nothing of this run was published for it. Run the day again."
    )


def is_overtaken(spark: SparkSession, table: Table, manifest: Manifest, now: int) -> bool:
    """Whether the day as of main's snapshot `now` is another one than when the table was staged, and not the staged one either."""
    snapshot_id = manifest.tables[table.name]
    if snapshot_id is None:
        if not has_day(spark, table, manifest.day, now):
            return False
    elif is_published(spark, table, snapshot_id):
        return False
    return day_fingerprint(spark, table, manifest.day, now) != day_fingerprint(spark, table, manifest.day, manifest.bases[table.name])


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


def check_published(spark: SparkSession, table: Table, manifest: Manifest, snapshot_id: int) -> None:
    """DataFailed: the table's day as of a snapshot is not what this run has staged, so another run has published it since."""
    staged = manifest.tables[table.name]
    if staged is None:
        is_ours = not has_day(spark, table, manifest.day, snapshot_id)
    else:
        is_ours = day_fingerprint(spark, table, manifest.day, snapshot_id) == day_fingerprint(spark, table, manifest.day, staged)
    if not is_ours:
        raise DataFailed(f"{table.name} of {manifest.day} was published anew since this run's gate published it. Run the day again.")
