"""Ends a driver that its cluster's masters have left: Spark itself would wait for executors without end."""

import os
import sys
import threading
import time
from collections.abc import Callable

from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.masters import Masters, Standing

ASK_EVERY_SECONDS = 5.0


def watch_master(spark: SparkSession, timeout_seconds: int) -> None:
    """End this process with 75 once the application of this session cannot go on; one of a local master needs no watch.

    That is where no master of its spark:// URL has answered for so long, and at once where they have it no more: a master that was
    started anew, or that lost the connection for a moment, ends the executors and gives no other.
    """
    master = str(spark.sparkContext.master)
    if master.startswith("spark://"):
        threading.Thread(target=watch, args=(Masters(spark).standing, master, timeout_seconds), daemon=True).start()


def watch(standing: Callable[[], Standing], master: str, timeout_seconds: float) -> None:
    """Ask every ASK_EVERY_SECONDS, or as soon as an answer that took longer has come; returns once the session has ended."""
    # Counted and not measured: a driver that was suspended must ask before it gives up.
    silent = 0
    while silent * ASK_EVERY_SECONDS < timeout_seconds:
        due = time.monotonic() + ASK_EVERY_SECONDS
        match _asked(standing):
            case Standing.ENDED:
                return
            case Standing.UNKNOWN:
                _end(f"{master} has this application no more (it was started anew, lost the connection or gave it up): run it again")
            case Standing.KNOWN:
                silent = 0
            case Standing.SILENT:
                silent += 1
        time.sleep(max(0.0, due - time.monotonic()))
    remedy = "start the cluster again (`make cluster-start`, or its containers), then run it again"
    _end(f"{master} has not answered for {timeout_seconds} s, so nothing can be done on it: {remedy}")


def _asked(standing: Callable[[], Standing]) -> Standing:
    try:
        return standing()
    except (Py4JNetworkError, ConnectionError):
        return Standing.ENDED  # there is no JVM any more, which the main thread will find too
    except Py4JError:
        return Standing.SILENT  # cut off in the middle of a question


def _end(reason: str) -> None:
    print(f"TryAgain: {reason}", file=sys.stderr, flush=True)
    os._exit(TryAgain.exit_code)  # the main thread waits for a job of Spark that will never end
