"""Which runs may still be at work: the stages that have begun lately, by what they leave in the work folder before they write anything."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyspark.sql import SparkSession

from spark_jobs.lake.paths import Entry, join, list_folder, read_text
from spark_jobs.lake.staging import BEGUN

# Longer than a stage may run (stage_timeout_seconds) and its gate after it.
ACTIVE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Active:
    """branches: of stages that began in the last day; days: theirs."""

    branches: frozenset[str]
    days: frozenset[date]


def active_stages(spark: SparkSession, work_uri: str, now_seconds: float) -> Active:
    begun = [told for branch in list_folder(spark, join(work_uri, "branches")) if (told := _begun(spark, branch, now_seconds))]
    return Active(frozenset(name for name, _ in begun), frozenset(day for _, day in begun))


def _begun(spark: SparkSession, folder: Entry, now_seconds: float) -> tuple[str, date] | None:
    records = [entry for entry in list_folder(spark, folder.uri) if entry.name == BEGUN]
    if not records or records[0].modified_seconds < now_seconds - ACTIVE_SECONDS:
        return None
    return folder.name, date.fromisoformat(json.loads(read_text(spark, records[0].uri) or "")["day"])


def literals(days: Iterable[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in sorted(days))
