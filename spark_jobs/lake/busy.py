"""Who is at work beside the stages: the upkeep, exports and an erasure. A commit at work has files that nothing names yet."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.paths import Entry, join, list_folder, remove, write_text_atomic

BUSY, ENDING = "busy", ".json"
ERASURE = "erasure"
# Longer than any of them runs: one that was killed counts as at work for a day.
BUSY_SECONDS = 24 * 3600


@contextmanager
def busy(spark: SparkSession, work_uri: str, who: str) -> Iterator[None]:
    """Within it an erasure waits for the job. TryAgain: an erasure is at work already.

    who: unique, but for an erasure, whose next try ends what one before has begun: its name begins with ERASURE, and is that of the user.
    """
    own = f"{who}{ENDING}"
    record = join(work_uri, BUSY, own)
    write_text_atomic(spark, record, json.dumps({"who": who}))
    try:
        # Asked after the own record is there, so that of two that begin at once one sees the other.
        erasures = [one for one in busy_records(spark, work_uri, who=ERASURE) if one.name != own]
        if erasures:
            raise TryAgain(f"an erasure is at work, or was killed in the last day: {erasures[0].uri}; let it end, or erase again first")
        yield
    finally:
        remove(spark, record)


def busy_records(spark: SparkSession, work_uri: str, who: str = "") -> list[Entry]:
    """The records of those that began in the last day, of one kind or of all."""
    entries = list_folder(spark, join(work_uri, BUSY))
    begun = time.time() - BUSY_SECONDS
    return [one for one in entries if one.name.startswith(who) and one.name.endswith(ENDING) and one.modified_seconds >= begun]
