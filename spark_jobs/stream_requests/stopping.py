"""The wish to end: a signal to this process, or to spark-submit's JVM, lets the batch at work be finished first."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pyspark.java_gateway import ensure_callback_server_started
from pyspark.sql import SparkSession

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """wanted: set once the end is asked for."""

    def __init__(self) -> None:
        self.wanted = threading.Event()

    @contextmanager
    def listening(self, spark: SparkSession) -> Iterator[None]:
        """Take the signals of both processes, since the one who stops the stream may know either; until the work inside is done.

        In the JVM before its shutdown begins: from then on Iceberg's threads take no work.
        """
        before = [signal.signal(number, self._asked) for number in SIGNALS]
        # Else PySpark begins to hear the JVM with the first query only.
        ensure_callback_server_started(spark.sparkContext._gateway)
        signals = spark._jvm.sun.misc.Signal  # type: ignore[union-attr]
        names = [signals(number.name.removeprefix("SIG")) for number in SIGNALS]
        of_jvm = [signals.handle(name, _Handler(self)) for name in names]
        try:
            yield
        finally:
            for name, handler in zip(names, of_jvm, strict=True):
                signals.handle(name, handler)
            for number, handler in zip(SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.wanted.set()


class _Handler:
    """Java's SignalHandler."""

    def __init__(self, stopping: Stopping) -> None:
        self.stopping = stopping

    def handle(self, received: Any) -> None:
        self.stopping.wanted.set()

    class Java:
        implements = ("sun.misc.SignalHandler",)
