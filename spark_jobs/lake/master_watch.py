"""Ends a driver whose master is gone for good: Spark itself would wait for it without end."""

import os
import socket
import sys
import threading
import time

from spark_jobs.lake.errors import TryAgain

ASK_EVERY_SECONDS = 5.0


def watch_master(master: str, timeout_seconds: int) -> None:
    """End this process with 75 once none of the masters of a spark:// URL has answered for so long; local masters need no watch."""
    if master.startswith("spark://"):
        threading.Thread(target=_watch, args=(master, timeout_seconds), daemon=True).start()


def _watch(master: str, timeout_seconds: int) -> None:
    # Counted and not measured: a driver that was suspended must ask before it gives up.
    missed = 0
    while missed * ASK_EVERY_SECONDS < timeout_seconds:
        missed = 0 if answers(master) else missed + 1
        time.sleep(ASK_EVERY_SECONDS)
    remedy = "start the cluster again (`make cluster-start`, or its containers), then run it again"
    print(
        f"TryAgain: {master} has not answered for {timeout_seconds} s, so nothing can be done on it: {remedy}", file=sys.stderr, flush=True
    )
    os._exit(TryAgain.exit_code)  # the main thread waits for a job of Spark that will never end


def answers(master: str) -> bool:
    """Whether somebody listens at one of the places of a spark:// URL."""
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), ASK_EVERY_SECONDS).close()
        except OSError:
            continue
        return True
    return False
