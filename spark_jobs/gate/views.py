"""What the expectations' SQL can see, as temporary views named after the tables (`raw.requests` is `raw_requests`).

Besides the tables of the stage (staged) and of the stages before it (as the stage read them):
- params: one row; day, and the settings that rules refer to
- staged_changes(table_name, day): every day of which the staged snapshot adds or removes files
- landed_lines(dataset, source_file, lines): the independent count of the landed lines (stage ingest; not for a restored day)
- blocklist(literal) (stage enrich; not for a restored day)
- volume(table_name, day, rows): rows of the seven days before, as published
"""

from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.gate.conf import PLANNING, SMALL_DAY_ROWS
from spark_jobs.gate.line_count import landed_lines
from spark_jobs.gate.schema import BY_NAME, STAGED
from spark_jobs.lake.iceberg import each, load_table
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.paths import exists, join
from spark_jobs.lake.reading import count_day, current_snapshot, read_as_written, read_day
from spark_jobs.lake.table import Table, day_literal

TRAILING_DAYS = 7


def staged_rows(spark: SparkSession, table: Table, manifest: Manifest) -> DataFrame:
    """The staged day of a table, read back from the lake as it was written: a NULL that should be a count must not hide from the gate."""
    snapshot_id = manifest.tables[table.name]
    if snapshot_id is None:
        return spark.createDataFrame([], table.schema)
    return read_as_written(spark, table, snapshot_id).where(F.col(table.day_column) == day_literal(manifest.day))


def register_views(spark: SparkSession, manifest: Manifest, landing_uri: str, params: dict[str, Any]) -> None:
    """Register every view that the suites of the stage may use, and plan for their size.

    The tables are kept from their first use, since each is read by many expectations, and freed with the process.
    """
    tables = STAGED[manifest.stage]
    snapshots = {name: snapshot_id for name, snapshot_id in (manifest.tables | manifest.inputs).items() if snapshot_id is not None}
    plan_for_rows(spark, sum(count_day(spark, BY_NAME[name], manifest.day, at) for name, at in snapshots.items()))
    frames = {table.view: staged_rows(spark, table, manifest) for table in tables}
    for name, snapshot_id in manifest.inputs.items():
        frames[BY_NAME[name].view] = read_day(spark, BY_NAME[name], manifest.day, snapshot_id)
    if not manifest.restored:
        frames |= _of_the_landing(spark, manifest, landing_uri)
    frames = {view: frame.persist() for view, frame in frames.items()}
    values = [F.lit(value).alias(name) for name, value in params.items()]
    frames["params"] = spark.range(1).select(F.lit(manifest.day).alias("day"), *values)
    frames["staged_changes"] = _staged_changes(spark, tables, manifest)
    frames["volume"] = _volume(spark, tables, manifest.day)
    for view, frame in frames.items():
        frame.createOrReplaceTempView(view)


def _of_the_landing(spark: SparkSession, manifest: Manifest, landing_uri: str) -> dict[str, DataFrame]:
    """What the landing folder says today."""
    if manifest.stage == "ingest":
        return {"landed_lines": landed_lines(spark, landing_uri, manifest.day.isoformat())}
    return {"blocklist": _blocklist(spark, landing_uri)} if manifest.stage == "enrich" else {}


def plan_for_rows(spark: SparkSession, rows: int) -> None:
    """A small day gets plain plans with one task a step and no code of their own."""
    if rows < SMALL_DAY_ROWS:
        for name, value in PLANNING.items():
            spark.conf.set(name, value)


def _staged_changes(spark: SparkSession, tables: tuple[Table, ...], manifest: Manifest) -> DataFrame:
    changes: set[tuple[str, date]] = set()
    for table in tables:
        snapshot_id = manifest.tables[table.name]
        if snapshot_id is not None:
            changes |= {(table.name, day) for day in _changed_days(spark, table, snapshot_id)}
    return spark.createDataFrame(sorted(changes), "table_name string, day date")


def _changed_days(spark: SparkSession, table: Table, snapshot_id: int) -> set[date]:
    loaded = load_table(spark, table)
    snapshot = loaded.snapshot(snapshot_id)  # type: ignore[union-attr]
    as_object = spark._jvm.java.lang.Class.forName("java.lang.Object")  # type: ignore[union-attr]
    days: set[date] = set()
    for files in (snapshot.addedDataFiles(loaded.io()), snapshot.removedDataFiles(loaded.io())):  # type: ignore[union-attr]
        # Iceberg keeps a DATE partition as days since the epoch.
        days |= {date(1970, 1, 1) + timedelta(days=file.partition().get(0, as_object)) for file in each(files)}
    return days


def _volume(spark: SparkSession, tables: tuple[Table, ...], day: date) -> DataFrame:
    volumes = spark.createDataFrame([], "table_name string, day date, rows bigint")
    for table in tables:
        if current_snapshot(spark, table) is not None:
            of_day = F.col(f"partition.{table.day_column}")
            trailing = spark.read.table(f"{table.identifier}.partitions").where(
                of_day.between(F.lit(day - timedelta(days=TRAILING_DAYS)), F.lit(day - timedelta(days=1)))
            )
            volumes = volumes.unionByName(
                trailing.select(F.lit(table.name).alias("table_name"), of_day.alias("day"), F.col("record_count").alias("rows"))
            )
    return volumes


def _blocklist(spark: SparkSession, landing_uri: str) -> DataFrame:
    uri = join(landing_uri, "blocklist.txt")
    if not exists(spark, uri):
        return spark.createDataFrame([], "literal string")
    literal = F.regexp_replace("value", "\r\\z", "").alias("literal")
    return spark.read.option("lineSep", "\n").text(uri).select(literal).where("literal <> ''").distinct()
