"""The comparison with what ingest wrote: each file's lines by outcome, counted twice, with no parser in common."""

from collections.abc import Iterable, Mapping
from datetime import date
from operator import add
from typing import NamedTuple

from pyspark import RDD
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.audit_raw_logs.judging import Judged, Outcome
from spark_jobs.ingest.datasets import PROFILES, REQUESTS
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.visible import visible

COUNTS = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "erased")
COLUMN_OF = {
    Outcome.ACCEPTED: "accepted",
    Outcome.LATE: "late",
    Outcome.MALFORMED: "quarantined",
    Outcome.DUPLICATE: "duplicates",
    Outcome.DROPPED: "dropped",
    Outcome.ERASED: "erased",
}
MAX_SHOWN = 20
FileCounts = Mapping[str, Mapping[str, int]]  # by source_file, then by a name of COUNTS


class Difference(NamedTuple):
    """A file whose counts disagree. landed: None where the file is no longer there; ledger: None where ingest did not read it."""

    source_file: str
    landed: Mapping[str, int] | None
    ledger: Mapping[str, int] | None

    def __str__(self) -> str:
        return f"{visible(self.source_file)}: landed {_told(self.landed, 'not any more')}; ledger {_told(self.ledger, 'without it')}"


def _told(counts: Mapping[str, int] | None, absent: str) -> str:
    return absent if counts is None else " ".join(f"{name}={count}" for name, count in counts.items())


def counted_requests(judged: RDD[Judged], files: Iterable[LandedFile]) -> FileCounts:
    """The counts of each file, an empty one too. What is collected are at most nine numbers a file."""
    counts = {file.source_file: dict.fromkeys(COUNTS, 0) for file in files}
    found = judged.map(lambda line: ((line.source_file, line.outcome.value, line.is_corrected), 1)).reduceByKey(add).collect()
    for (source_file, outcome, is_corrected), lines in found:
        counts[source_file]["lines"] += lines
        counts[source_file][COLUMN_OF[Outcome(outcome)]] += lines
        counts[source_file]["corrected"] += lines if is_corrected else 0
    return counts


def counted_lines(lines: RDD[tuple[str, bytes]], files: Iterable[LandedFile]) -> FileCounts:
    """The lines alone of each file, an empty one too."""
    found = dict(lines.map(lambda line: (line[0], 1)).reduceByKey(add).collect())
    return {file.source_file: {"lines": found.get(file.source_file, 0)} for file in files}


def read_ledger(spark: SparkSession, day: date, must_know_files: bool) -> FileCounts:
    """The ledger of the requests and profiles that landed on the day; files of later landings are no part of it.

    must_know_files: files have landed, so a ledger that knows none is that of a day which was not published (an empty day has no rows).
    InputMissing: that, or the table was never published.
    """
    of_day = read_day(spark, LEDGER, day, published_snapshot(spark, LEDGER))
    own = [F.col("source_file").startswith(f"{dataset.folder(day)}/") for dataset in (REQUESTS, PROFILES)]
    ledger = {row.source_file: {name: row[name] for name in COUNTS} for row in of_day.where(own[0] | own[1]).collect()}
    if must_know_files and not ledger:
        raise InputMissing(
            f"{LEDGER.name} has no file of {day}: the day was not published, or was empty then; run web_activity_daily for it first"
        )
    return ledger


def differences(landed: FileCounts, ledger: FileCounts) -> list[Difference]:
    """The files whose counts disagree, by name; only what is counted of a file is compared."""
    found = []
    for source_file in sorted({*landed, *ledger}):
        mine, told = landed.get(source_file), ledger.get(source_file)
        if mine is None or told is None or any(told[name] != count for name, count in mine.items()):
            compared = COUNTS if mine is None else tuple(mine)
            found.append(Difference(source_file, mine, None if told is None else {name: told[name] for name in compared}))
    return found


def shown(found: list[Difference]) -> str:
    """The differences, a line each, at most MAX_SHOWN of them."""
    lines = [f"  {difference}" for difference in found[:MAX_SHOWN]]
    more = [f"  … and {len(found) - MAX_SHOWN} more files"] if len(found) > MAX_SHOWN else []
    return "\n".join([*lines, *more])
