"""Staging: a day's rows on a branch, where no reader of main sees them."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.failpoints import failpoint
from spark_jobs.lake.iceberg import ensure_table, load_table, retry_passing
from spark_jobs.lake.manifest import Manifest, snapshot_properties
from spark_jobs.lake.table import Table


def stage_day(
    spark: SparkSession,
    tried: StageTry,
    frames: Mapping[Table, DataFrame],
    inputs: Mapping[Table, int],
    *,
    restored: Mapping[Table, int] | None = None,
    erased_list: str = "",
) -> Manifest:
    """Write each frame as the whole of its table's day onto the try's branch, then the manifest; within `begun`.

    Each table gets exactly one commit on the branch, or the gate could not publish it by cherry-pick.
    restored: where the frames are those of a release, the snapshots that they were read at; the gate then compares with these.
    erased_list: as in the manifest.
    """
    properties = snapshot_properties(tried.day, tried.run_id, tried.branch)
    staged = {table.name: _stage(spark, table, frame, tried.branch, properties) for table, frame in frames.items()}
    manifest = Manifest(
        stage=tried.stage,
        day=tried.day,
        run_id=tried.run_id,
        branch=tried.branch,
        tables={name: None if head == base else head for name, (base, head) in staged.items()},
        bases={name: base for name, (base, _) in staged.items()},
        inputs={table.name: snapshot_id for table, snapshot_id in inputs.items()},
        restored={table.name: snapshot_id for table, snapshot_id in (restored or {}).items()},
        erased_list=erased_list,
    )
    failpoint(spark, "before_manifest")
    manifest.write(spark, tried.work_uri)
    failpoint(spark, "after_manifest")
    return manifest


def _stage(spark: SparkSession, table: Table, frame: DataFrame, branch: str, properties: dict[str, str]) -> tuple[int, int]:
    """Stage one table; the branch's head before and after, which are the same where there was nothing to write."""
    conformed = table.conform(frame)
    ensure_table(spark, table)
    create = f"ALTER TABLE {table.identifier} CREATE BRANCH {branch}"
    retry_passing(f"branch {table.name}", lambda: spark.sql(create), lambda: _head(spark, table, branch))
    base = _head(spark, table, branch)
    writer = conformed.writeTo(f"{table.identifier}.branch_{branch}")
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.{key}", value)
    failpoint(spark, "before_stage_commit")
    writer.overwritePartitions()
    failpoint(spark, "after_stage_commit")
    head = _head(spark, table, branch)
    if base is None or head is None:
        raise TryAgain(f"branch {branch} of {table.name} is gone: it was dropped while it was written; run the stage again")
    return base, head


def _head(spark: SparkSession, table: Table, branch: str) -> int | None:
    loaded = load_table(spark, table)
    snapshot = None if loaded is None else loaded.snapshot(branch)
    return None if snapshot is None else int(snapshot.snapshotId())


def append(spark: SparkSession, table: Table, frame: DataFrame) -> None:
    """Add rows to a table of records (ops.gate_results, ops.releases) on main; it is never staged or overwritten."""
    conformed = table.conform(frame)
    ensure_table(spark, table)
    retry_passing(f"append to {table.name}", lambda: conformed.writeTo(table.identifier).append())
