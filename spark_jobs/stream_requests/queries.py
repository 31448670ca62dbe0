"""The three queries of the stream, each with a checkpoint of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming.query import StreamingQuery

from spark_jobs.lake.errors import InputMissing, JobError, WrongUsage
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.paths import exists, join, read_text
from spark_jobs.lake.table import Table
from spark_jobs.stream_requests.failures import known_failure
from spark_jobs.stream_requests.once import Batch, history, marks
from spark_jobs.stream_requests.schema import ALL, LEDGER
from spark_jobs.stream_requests.sources import Source


@dataclass
class Query:
    """How to start one query. frame: makes its lines or rows anew for every start; write: what is done with a batch; restarts: whether it
    can go on from its checkpoint after a failure."""

    spark: SparkSession
    name: str
    checkpoint: str
    frame: Callable[[], DataFrame]
    write: Callable[[DataFrame, Batch], None]
    restarts: bool = True
    started: StreamingQuery | None = field(default=None, init=False)
    failure: JobError | None = field(default=None, init=False)

    def start(self, trigger: dict[str, object]) -> StreamingQuery:
        """Start it from its checkpoint, or from the source's beginning where there is none. A JobError for a failure that is known."""
        writer = self.frame().writeStream.queryName(self.name).outputMode("update").option("checkpointLocation", self.checkpoint)
        try:
            self.started = writer.trigger(**trigger).foreachBatch(self._write).start()  # type: ignore[call-overload]
        except (Py4JJavaError, PySparkException) as error:
            raise known_failure(error) or error from error
        return self.started

    def _write(self, frame: DataFrame, batch_id: int) -> None:
        try:
            self.write(frame, Batch(self.query_id, batch_id))
        except JobError as error:
            self.failure = error  # what Spark tells of it has lost its kind
            raise

    @cached_property
    def query_id(self) -> str:
        """The id in the checkpoint, which is there before the first batch."""
        return str(json.loads(read_text(self.spark, join(self.checkpoint, "metadata")) or "")["id"])


def check_checkpoint(spark: SparkSession, checkpoint: str, written: bool) -> None:
    """InputMissing: the checkpoint is gone, although there is what was `written` with it."""
    if written and not exists(spark, checkpoint):
        raise InputMissing(
            f"{checkpoint} is gone, and the tables live.* hold what was counted with it: put it back, or begin anew by dropping "
            "these tables and the folder around it (docs/operations.md)"
        )


def check_tables(spark: SparkSession, work_uri: str) -> None:
    """InputMissing: a live table is gone, although checkpoints hold state and places in the source that go with its rows."""
    gone = [table.name for table in ALL if load_table(spark, table) is None]
    folder = checkpoints(work_uri)
    if gone and exists(spark, folder):
        raise InputMissing(
            f"{', '.join(gone)} {'is' if len(gone) == 1 else 'are'} gone, and {folder} goes on after what was counted there: put back what "
            "is gone, or begin anew by removing this folder and dropping the tables live.* that are left (docs/operations.md)"
        )


def checkpoints(work_uri: str) -> str:
    """The folder of all checkpoints of the stream."""
    return join(work_uri, "stream")


def require_one_source(spark: SparkSession, source: Source) -> None:
    """WrongUsage: the live tables hold lines of another source; totals know users and days, not where a line came from."""
    others = spark.table(LEDGER.identifier).where(~F.col("source_file").startswith(source.files)).select("source_file").first()
    if others is not None:
        raise WrongUsage(
            f"the live tables of this lake follow another source ({others.source_file!r}), to whose lines this one's would be added: give "
            "it a home of its own"
        )


def is_written(spark: SparkSession, table: Table) -> bool:
    """Whether any query has written a batch of the table."""
    return any(marks(snapshot) is not None for snapshot in history(spark, table))
