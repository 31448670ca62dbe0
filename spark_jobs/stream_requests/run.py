"""Running the queries: all that is there, or on and on until the source ends, a signal comes or an error repeats."""

import time
from collections.abc import Callable, Sequence

from pyspark.errors import StreamingQueryException
from pyspark.sql.streaming.query import StreamingQuery

from spark_jobs.lake.errors import JobError, TryAgain
from spark_jobs.stream_requests.failures import known_failure
from spark_jobs.stream_requests.progress import tell
from spark_jobs.stream_requests.queries import Query
from spark_jobs.stream_requests.stopping import Stopping

ATTEMPTS = 3
POLL_SECONDS = 0.5
TIDY_SECONDS = 60


class Supervised:
    """A query that is started again when it fails, unless it fails three times at one batch or the failure is one that stays."""

    def __init__(self, query: Query, trigger: dict[str, object]) -> None:
        self.query, self.trigger = query, trigger
        self.failures, self.failed_after = 0, -1
        self.started = query.start(trigger)

    def check(self) -> None:
        """Start it again if it has failed. A JobError for a failure that is known; else the query's own error, once it repeats."""
        error = self.started.exception()
        if error is None:
            return
        reached = last_batch(self.started)
        self.failures = self.failures + 1 if reached <= self.failed_after else 1
        self.failed_after = max(reached, self.failed_after)
        if self.known(error) is not None or self.failures >= ATTEMPTS or not self.query.restarts:
            self.raise_failure()
        tell(f"{self.query.name} failed after batch {reached} and is started again: {first_line(error)}")
        self.started = self.query.start(self.trigger)

    def raise_failure(self) -> None:
        """The error that it ended with, if it did."""
        error = self.started.exception()
        if error is not None:
            raise self.known(error) or error from error

    def known(self, error: Exception) -> JobError | None:
        """The failure in words for people: a batch's own, or one that is known; None for any other."""
        return self.query.failure or known_failure(error)

    def is_at_work(self) -> bool:
        return self.started.isActive and bool(self.started.status["isTriggerActive"])

    def finish_batch(self) -> None:
        """Let the batch at work be finished, then stop."""
        at_work = last_batch(self.started)
        while self.is_at_work() and last_batch(self.started) == at_work:
            time.sleep(POLL_SECONDS)
        self.started.stop()
        self.raise_failure()

    def finish_all(self) -> None:
        """Let all that is there be read, then stop."""
        try:
            self.started.processAllAvailable()
        except StreamingQueryException as error:
            raise self.known(error) or error from error
        self.started.stop()


def last_batch(started: StreamingQuery) -> int:
    """The number of the last batch that was finished since the start; -1: none yet."""
    progress = started.lastProgress
    return -1 if progress is None else int(progress["batchId"])


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]


def run_available(intake: Query, readers: Sequence[Query], stopping: Stopping) -> None:
    """Read what is there now, then let the readers count it.

    TryAgain: a signal ended it, after the batch at work; the next run goes on there.
    """
    taking = Supervised(intake, {"availableNow": True})
    while not stopping.wanted.is_set():
        try:
            if taking.started.awaitTermination(1):
                break
        except StreamingQueryException:
            taking.check()
    if stopping.wanted.is_set():
        taking.finish_batch()
        raise TryAgain("stopped by a signal before all was read; the next run goes on from here")
    # Iceberg's own availableNow fails on a table that has no row yet.
    finish([(reader, Supervised.finish_all) for reader in [Supervised(query, {"processingTime": "0 seconds"}) for query in readers]])


def run_until_end(
    intake: Query,
    readers: Sequence[Query],
    stopping: Stopping,
    trigger_seconds: int,
    has_ended: Callable[[], bool],
    hang_up: Callable[[], bool],
    tidy: Callable[[], None],
) -> None:
    """Read on and on. has_ended: whether the source will give no more; hang_up: makes it so, false where the next start can go on from the
    checkpoint; tidy: called about once a minute.

    At the end the batch of the intake at work is finished, or all of a source that has ended is read; then the readers count all of it,
    also when one of the queries has failed for good.
    """
    trigger: dict[str, object] = {"processingTime": f"{trigger_seconds} seconds"}
    taking, *counting = supervised = [Supervised(query, trigger) for query in (intake, *readers)]
    next_tidy = time.monotonic() + TIDY_SECONDS
    try:
        while not stopping.wanted.is_set():
            for each in supervised:
                each.check()
            if has_ended():
                tell("the source has ended")
                break
            if time.monotonic() > next_tidy:
                tidy()
                next_tidy = time.monotonic() + TIDY_SECONDS
            time.sleep(POLL_SECONDS)
        else:
            tell("asked to stop: finishing what was read")
    finally:
        end = Supervised.finish_all if hang_up() else Supervised.finish_batch
        finish([(taking, end), *[(each, Supervised.finish_all) for each in counting]])


def finish(ways: Sequence[tuple[Supervised, Callable[[Supervised], None]]]) -> None:
    """Let each query finish in its way, whatever becomes of those before it; then raise the first failure."""
    errors: list[Exception] = []
    for supervised, way in ways:
        try:
            if supervised.started.isActive:
                way(supervised)
            else:
                supervised.raise_failure()
        except Exception as error:  # raised below, once all had their turn
            errors.append(error)
    if errors:
        raise errors[0]
