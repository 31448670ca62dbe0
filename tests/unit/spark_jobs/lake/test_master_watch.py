"""A driver gives up on a master that is gone, and on none that answers."""

import socket
import subprocess
import sys
import time

import pytest

from include.settings import PROJECT
from spark_jobs.lake import master_watch
from tools.local_buckets import free_port

# Ends with 0 after five seconds, unless the watch ends it before.
DRIVER = (
    "import sys, time; from spark_jobs.lake import master_watch\n"
    "master_watch.ASK_EVERY_SECONDS = 0.2\n"
    "master_watch.watch_master(sys.argv[1], 2); time.sleep(5)"
)


def driver(master: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", DRIVER, master], cwd=PROJECT, stderr=subprocess.PIPE, text=True)


def test_nobody_at_any_place_of_the_master_ends_the_driver() -> None:
    master = f"spark://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    ended = driver(master)
    _, told = ended.communicate(timeout=60)
    assert ended.returncode == 75
    assert told.startswith(f"TryAgain: {master} has not answered for 2 s") and "make cluster-start" in told


@pytest.mark.parametrize("other", ["", "127.0.0.1:9,"])
def test_a_master_that_answers_ends_nothing_nor_does_a_short_silence(other: str) -> None:
    port = free_port()
    server = socket.create_server(("127.0.0.1", port))
    running = driver(f"spark://{other}127.0.0.1:{port}")
    server.accept()
    server.close()
    time.sleep(0.5)
    with socket.create_server(("127.0.0.1", port)):
        assert running.wait(60) == 0


def test_local_masters_are_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_watch.threading, "Thread", None)
    master_watch.watch_master("local[2]", 1)
