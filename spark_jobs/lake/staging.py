"""Staging: a day's rows on a branch, where no reader of main sees them."""

import json
from collections.abc import Collection, Mapping
from datetime import date

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.failpoints import failpoint
from spark_jobs.lake.iceberg import ensure_table, load_table, retry_passing
from spark_jobs.lake.manifest import Manifest, snapshot_properties
from spark_jobs.lake.paths import join, write_text_atomic
from spark_jobs.lake.table import Table

BEGUN = "begun.json"


def stage_day(
    spark: SparkSession,
    *,
    stage: str,
    day: date,
    run_id: str,
    branch: str,
    work_uri: str,
    frames: Mapping[Table, DataFrame],
    inputs: Mapping[Table, int],
    restored: Mapping[Table, int] | None = None,
    needs: Collection[int] = (),
    erased_list: str = "",
) -> Manifest:
    """Write each frame as the whole of its table's day onto `branch`, then the manifest.

    Each table gets exactly one commit on the branch, or the gate could not publish it by cherry-pick. A branch belongs to one
    try of one stage, so that a driver that outlives its task can only write where no gate looks.
    restored: where the frames are those of a release, the snapshots that they were read at; the gate then compares with these.
    needs: snapshots of the past that the run reads, here or in a later stage. erased_list: as in the manifest.
    """
    # Told before anything is written: the upkeep leaves a day alone whose stage has begun lately, and the snapshots that it needs.
    begun = json.dumps({"stage": stage, "day": day.isoformat(), "run_id": run_id, "needs": sorted(needs)})
    write_text_atomic(spark, join(work_uri, "branches", branch, BEGUN), begun)
    properties = snapshot_properties(day, run_id, branch)
    staged = {table.name: _stage(spark, table, frame, branch, properties) for table, frame in frames.items()}
    manifest = Manifest(
        stage=stage,
        day=day,
        run_id=run_id,
        branch=branch,
        tables={name: None if head == base else head for name, (base, head) in staged.items()},
        bases={name: base for name, (base, _) in staged.items()},
        inputs={table.name: snapshot_id for table, snapshot_id in inputs.items()},
        restored={table.name: snapshot_id for table, snapshot_id in (restored or {}).items()},
        erased_list=erased_list,
    )
    failpoint(spark, "before_manifest")
    manifest.write(spark, work_uri)
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
