"""Which runs may still be at work: the stages that have begun lately, by what they leave in the work folder before they write anything."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import SparkSession

from spark_jobs.lake.begun import BEGUN, BRANCHES
from spark_jobs.lake.paths import Entry, join, list_folder, read_text

# Longer than a stage may run (stage_timeout_seconds) and its gate after it.
ACTIVE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Active:
    """branches: of stages that began in the last day; days: theirs; snapshots: of releases that rollbacks among them read."""

    branches: frozenset[str]
    days: frozenset[date]
    snapshots: frozenset[int]


def active_stages(spark: SparkSession, work_uri: str, now_seconds: float) -> Active:
    begun = {
        branch.name: told
        for branch in list_folder(spark, join(work_uri, BRANCHES))
        if (told := _begun(spark, branch, now_seconds)) is not None
    }
    return Active(
        frozenset(begun),
        frozenset(date.fromisoformat(told["day"]) for told in begun.values()),
        frozenset(snapshot_id for told in begun.values() for snapshot_id in told.get("needs", ())),
    )


def _begun(spark: SparkSession, folder: Entry, now_seconds: float) -> dict[str, Any] | None:
    records = [entry for entry in list_folder(spark, folder.uri) if entry.name == BEGUN]
    if not records or records[0].modified_seconds < now_seconds - ACTIVE_SECONDS:
        return None
    text = read_text(spark, records[0].uri)
    if text is None:
        return None  # it has ended since it was listed
    told: dict[str, Any] = json.loads(text)
    return told


def literals(days: Iterable[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in sorted(days))
