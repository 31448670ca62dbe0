"""Releases on record (ops.releases), and whether what they were made from can still be read."""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import BY_NAME
from spark_jobs.lake.errors import InputMissing, WrongUsage
from spark_jobs.lake.reading import current_snapshot, kept_snapshots, read_snapshot
from spark_jobs.lake.table import day_literal

NAME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}"
NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Release:
    """A release of a day, and of each table that a gate publishes the snapshot it was made from and the day's rows in it.

    released_at: UTC, `YYYY-MM-DD hh:mm:ss`. snapshots, rows: by table name; ops.gate_results, a record of runs, is not among them.
    """

    day: date
    release_id: str
    run_id: str
    released_at: str
    snapshots: dict[str, int]
    rows: dict[str, int]


def release_name(text: str) -> str:
    """Parse the name of a release, `<day>-<moment>-<random>`, and nothing else."""
    if not re.fullmatch(NAME, text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a release, such as 2026-11-01-20261102T010203Z-1f2e3d")
    return text


def newest_releases(spark: SparkSession, day: date | None, at_most: int) -> tuple[list[Release], int]:
    """The newest releases, of a day or of all, the newest last; and how many there are in all."""
    recorded = _recorded(spark, day)
    newest = recorded.orderBy(F.desc("released_at"), F.desc("release_id")).limit(at_most)
    return _releases(newest)[::-1], recorded.count()


def find_release(spark: SparkSession, day: date, release_id: str) -> Release:
    """WrongUsage: the name is that of another day's release. InputMissing: the day has none of that name; tells the newest it has."""
    if not release_id.startswith(f"{day.isoformat()}-"):
        raise WrongUsage(f"{release_id} is a release of {release_id[:10]} and not of {day}")
    found = _releases(_recorded(spark, day).where(F.col("release_id") == release_id))
    if not found:
        raise InputMissing(f"{day} has no release {release_id}; {_there_are(*newest_releases(spark, day, NAMED_AT_MOST))}")
    return found[0]


def _recorded(spark: SparkSession, day: date | None) -> DataFrame:
    """The rows of ops.releases, each release once: an append whose answer was lost may have left one twice."""
    snapshot_id = current_snapshot(spark, RELEASES)
    every = spark.createDataFrame([], RELEASES.schema) if snapshot_id is None else read_snapshot(spark, RELEASES, snapshot_id)
    return (every if day is None else every.where(F.col("day") == day_literal(day))).dropDuplicates(["release_id"])


def _releases(recorded: DataFrame) -> list[Release]:
    # As text: Python would read a timestamp in the machine's own time zone.
    moment = F.date_format("released_at", "yyyy-MM-dd HH:mm:ss").alias("moment")
    rows = recorded.select("day", "release_id", "run_id", moment, "tables").collect()
    return [Release(row.day, row.release_id, row.run_id, row.moment, *_versions(row.tables)) for row in rows]


def _versions(tables: Mapping[str, Row]) -> tuple[dict[str, int], dict[str, int]]:
    """Snapshots and rows of the tables that a gate publishes."""
    known = {name: tables[name] for name in BY_NAME if name in tables}
    return {name: one.snapshot_id for name, one in known.items()}, {name: one.rows for name, one in known.items()}


def _there_are(newest: Sequence[Release], number: int) -> str:
    if not newest:
        return "it has none at all: run the day first"
    return f"it has {number}, the newest last: {'' if number == len(newest) else '… '}{', '.join(one.release_id for one in newest)}"


def expired(spark: SparkSession, releases: Sequence[Release]) -> dict[str, dict[str, int]]:
    """By release, the tables whose snapshot has expired, with the snapshot; each table is looked up once."""
    kept = {
        name: kept_snapshots(spark, table, [one.snapshots[name] for one in releases if name in one.snapshots])
        for name, table in BY_NAME.items()
    }
    return {one.release_id: {name: at for name, at in one.snapshots.items() if at not in kept[name]} for one in releases}


def require_kept(spark: SparkSession, release: Release) -> None:
    """InputMissing: snapshots of the release have expired, or it does not know a table; asked before anything is staged or compared."""
    gone = expired(spark, [release])[release.release_id]
    unknown = [name for name in BY_NAME if name not in release.snapshots]
    if gone or unknown:
        faults = [f"  {name}: snapshot {snapshot_id} has expired" for name, snapshot_id in gone.items()]
        faults += [f"  {name}: the release was made before this table was" for name in unknown]
        raise InputMissing(
            "\n".join([f"release {release.release_id} can no longer be read:", *faults])
            + f"\nTake a release of {release.day} whose snapshots are kept (job releases, `make releases DAY={release.day}`), "
            "or land the day's files as they were and run it again."
        )
