"""What each query does, told a line a batch: rows, rate, lag and the size of its state."""

import sys
from datetime import UTC, datetime
from typing import Any

from pyspark.sql.streaming.listener import StreamingQueryListener

INTAKE = "intake"


class Progress(StreamingQueryListener):
    """Prints a line for each batch that had rows. taken: the lines that the intake has read.

    The methods' names are Spark's. Lag: seconds from the moment when the batch was begun to that when its rows can be read.
    """

    def __init__(self) -> None:
        self.taken = 0

    def onQueryStarted(self, event: Any) -> None:  # noqa: N802
        tell(f"{event.name:8}started")

    def onQueryProgress(self, event: Any) -> None:  # noqa: N802
        progress = event.progress
        if progress.name == INTAKE:
            self.taken += progress.numInputRows
        if progress.numInputRows:
            tell(progress_line(progress))

    def onQueryIdle(self, event: Any) -> None:  # noqa: N802
        """Nothing to tell."""

    def onQueryTerminated(self, event: Any) -> None:  # noqa: N802
        """Its end is told by the one who ended it, or by its error."""


def progress_line(progress: Any) -> str:
    lag_seconds = progress.durationMs.get("triggerExecution", 0) / 1000
    line = (
        f"{progress.name:8}batch {progress.batchId:<6}{progress.numInputRows:>9,} rows"
        f"{progress.processedRowsPerSecond:>10,.0f} rows/s   lag {lag_seconds:5.1f} s"
    )
    for operator in progress.stateOperators:
        line += f"   state {operator.numRowsTotal:,} rows, {operator.memoryUsedBytes / 2**20:.1f} MiB"
        if operator.numRowsDroppedByWatermark:
            line += f"   {operator.numRowsDroppedByWatermark:,} groups of rows dropped as too late"
    return line


def tell(text: str) -> None:
    """A line for people, with the time. In one write: queries tell from threads of their own, and print() writes a line's end apart."""
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%SZ}  {text}\n")
    sys.stdout.flush()
