"""Old snapshots of the live tables: a commit a second makes thousands an hour."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from spark_jobs.lake.iceberg import load_table, retry_passing
from spark_jobs.lake.table import Table
from spark_jobs.stream_requests.schema import ALL, REQUESTS

# For those who have planned a query on one, and for the guard against a second write, which needs the newest few only.
KEEP_MILLISECONDS = 10 * 60 * 1000
KEEP_LAST = 20


def expire_snapshots(spark: SparkSession, readers: Iterable[StreamingQuery | None]) -> None:
    """Remove snapshots older than ten minutes, but the newest twenty; of live.requests none that a reader has not counted, nor the last
    that it has. readers: None where it was not started."""
    older = int(datetime.now(UTC).timestamp() * 1000) - KEEP_MILLISECONDS
    counted = [counted_until(spark, reader) for reader in readers]
    for table in ALL:
        expire(spark, table, min([older, *counted]) if table is REQUESTS else older)


def counted_until(spark: SparkSession, reader: StreamingQuery | None) -> int:
    """When the last snapshot that a reader of live.requests has counted was made (ms since the epoch); 0 where it has counted none yet."""
    progress = None if reader is None else reader.lastProgress
    # Spark gives the offset as a text in the form of Python's own, not as JSON.
    offset = None if progress is None else re.search(r"'snapshot_id': (\d+)", str(progress["sources"][0]["endOffset"]))
    snapshot = None if offset is None else load_table(spark, REQUESTS).snapshot(int(offset[1]))  # type: ignore[union-attr]
    return 0 if snapshot is None else int(snapshot.timestampMillis())


def expire(spark: SparkSession, table: Table, older_than_milliseconds: int) -> None:
    def remove() -> None:
        loaded = load_table(spark, table)
        loaded.expireSnapshots().expireOlderThan(older_than_milliseconds).retainLast(KEEP_LAST).commit()  # type: ignore[union-attr]

    retry_passing(f"expire snapshots of {table.name}", remove)
