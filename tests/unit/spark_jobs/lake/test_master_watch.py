"""A driver gives up on a master that is gone, and on none that answers."""

import socket
import subprocess
import sys
import time

import pytest

from include.settings import PROJECT
from spark_jobs.lake import master_watch
from tests.ports import lasting_ports
from tests.waiting import HANG_SECONDS
from tools.local_buckets import free_port

# Waits for the watch to end it.
DRIVER = """
import sys, time
from spark_jobs.lake import master_watch
master_watch.ASK_EVERY_SECONDS = 0.2
{}
master_watch.watch_master(sys.argv[1], int(sys.argv[2]))
time.sleep(3600)
"""
# What it is answered each time; no server could be up and down at such moments.
SCRIPTED = """
answers = iter([False, False, True, False, False, True, False, False, False])
def scripted(master):
    print("asked", flush=True)
    return next(answers)
master_watch.answers = scripted
master_watch.ASK_EVERY_SECONDS = 1.0
"""


def driver(master: str, timeout_seconds: int, changes: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER.format(changes), master, str(timeout_seconds)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_nobody_at_any_place_of_the_master_ends_the_driver() -> None:
    master = f"spark://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    ended = driver(master, 2)
    _, told = ended.communicate(timeout=HANG_SECONDS)
    assert ended.returncode == 75
    assert told.startswith(f"TryAgain: {master} has not answered for 2 s") and "make cluster-start" in told


@pytest.mark.parametrize("other", ["", "127.0.0.1:9,"])
def test_a_master_that_answers_ends_nothing_nor_does_a_short_silence(other: str) -> None:
    port = lasting_ports(1)
    running = driver(f"spark://{other}127.0.0.1:{port}", HANG_SECONDS)
    try:
        for _ in range(2):
            with socket.create_server(("127.0.0.1", port)) as server:
                server.settimeout(HANG_SECONDS)
                for _ in range(3):
                    server.accept()[0].close()
            time.sleep(0.5)
        assert running.poll() is None
    finally:
        running.kill()
        running.communicate()


def test_only_a_silence_without_a_break_ends_the_driver() -> None:
    ended = driver("spark://127.0.0.1:9", 3, SCRIPTED)
    asked, _ = ended.communicate(timeout=HANG_SECONDS)
    assert (ended.returncode, asked.count("asked")) == (75, 9)


def test_local_masters_are_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_watch.threading, "Thread", None)
    master_watch.watch_master("local[2]", 1)
