"""The wish to end: a signal to this process, or to spark-submit's JVM, lets the batch at work be finished first."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pyspark.sql import SparkSession

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Before Hadoop closes its file systems (10) and Spark its context (40).
HOOK_PRIORITY = 100
GRACE_SECONDS = 120


class Stopping:
    """wanted: set once the end is asked for."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self._is_done = threading.Event()

    @contextmanager
    def listening(self, spark: SparkSession) -> Iterator[None]:
        """Take the signals of both processes, since the one who stops the stream may know either; until the work inside is done."""
        before = [signal.signal(number, self._asked) for number in SIGNALS]
        jvm = spark._jvm
        manager, unit = jvm.org.apache.hadoop.util.ShutdownHookManager.get(), jvm.java.util.concurrent.TimeUnit.SECONDS  # type: ignore[union-attr]
        manager.addShutdownHook(_Hook(self), HOOK_PRIORITY, GRACE_SECONDS, unit)
        # Hadoop takes no hook back that is a proxy. After this process's own end nobody answers it, which is no news.
        level = jvm.org.apache.logging.log4j.Level.OFF  # type: ignore[union-attr]
        jvm.org.apache.logging.log4j.core.config.Configurator.setLevel("org.apache.hadoop.util.ShutdownHookManager", level)  # type: ignore[union-attr]
        try:
            yield
        finally:
            self._is_done.set()
            for number, handler in zip(SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def wait_until_done(self) -> None:
        self._is_done.wait(GRACE_SECONDS)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.wanted.set()


class _Hook:
    """A Java Runnable that holds the JVM's end up until the application is done."""

    def __init__(self, stopping: Stopping) -> None:
        self.stopping = stopping

    def run(self) -> None:
        self.stopping.wanted.set()
        self.stopping.wait_until_done()

    def toString(self) -> str:  # noqa: N802  # Java's name
        return "stream_requests"

    def hashCode(self) -> int:  # noqa: N802
        return 1

    def equals(self, other: Any) -> bool:
        return self is other

    class Java:
        implements = ("java.lang.Runnable",)
