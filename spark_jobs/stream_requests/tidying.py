"""Old snapshots of the live tables: a commit a second makes thousands an hour."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from spark_jobs.lake.iceberg import each, load_table, retry_passing
from spark_jobs.lake.table import Table
from spark_jobs.stream_requests.once import history, marks
from spark_jobs.stream_requests.schema import ALL, REQUESTS

# For those who have planned a query on one.
KEEP_MILLISECONDS = 10 * 60 * 1000
KEEP_LAST = 20


def expire_snapshots(spark: SparkSession, readers: Iterable[StreamingQuery | None]) -> None:
    """Remove snapshots older than ten minutes, but the newest twenty, and the newest of each query, by which a batch is known that is run
    again; of live.requests none that a reader has not counted, nor the last that it has. readers: None: it was not started."""
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
    """Remove what may go of one table."""
    loaded = load_table(spark, table)
    kept = {*list(_newest(spark, table))}
    gone = [
        snapshot.snapshotId()
        for snapshot in each(loaded.snapshots())  # type: ignore[union-attr]
        if snapshot.timestampMillis() < older_than_milliseconds and snapshot.snapshotId() not in kept
    ]
    if not gone:
        return

    def remove() -> None:
        # Without an age of its own, Iceberg would also remove whatever is older than its default.
        expiring = load_table(spark, table).expireSnapshots().expireOlderThan(0)  # type: ignore[union-attr]
        for snapshot_id in gone:
            expiring = expiring.expireSnapshotId(snapshot_id)
        expiring.commit()

    retry_passing(f"expire snapshots of {table.name}", remove)


def _newest(spark: SparkSession, table: Table) -> Iterator[int]:
    """The newest twenty snapshots of main, and the newest of each query."""
    seen: set[str] = set()
    for number, snapshot in enumerate(history(spark, table)):
        batch = marks(snapshot)
        if number < KEEP_LAST or (batch is not None and batch.query_id not in seen):
            yield int(snapshot.snapshotId())
        if batch is not None:
            seen.add(batch.query_id)
