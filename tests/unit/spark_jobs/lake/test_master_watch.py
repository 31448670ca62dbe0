"""A driver gives up on masters that are gone or have it no more, and on none that has it. tests/faults/test_cluster.py asks real ones."""

import subprocess
import sys

import pytest
from pyspark.sql import SparkSession

from include.settings import PROJECT
from spark_jobs.lake import master_watch
from tests.waiting import HANG_SECONDS

# Watches while masters say one word after another; then ends by itself, as one does whose watch has ended.
DRIVER = """
import sys
from py4j.protocol import Py4JError, Py4JNetworkError
from spark_jobs.lake import master_watch
from spark_jobs.lake.masters import Standing
words = iter(sys.argv[1].split())
def standing():
    word = next(words)
    print("asked", flush=True)
    if word == "NO-JVM":
        raise Py4JNetworkError("An error occurred while trying to connect to the Java server")
    if word == "CUT-OFF":
        raise Py4JError("An error occurred while calling o1.askSync")
    return Standing[word]
master_watch.ASK_EVERY_SECONDS = 0.1
master_watch.watch(standing, "spark://a:1,b:2", 0.3)
"""


def told(words: str) -> tuple[int, int, str]:
    """(exit code, number of questions, standard error) of a driver that is told these words."""
    done = subprocess.run([sys.executable, "-c", DRIVER, words], cwd=PROJECT, capture_output=True, text=True, timeout=HANG_SECONDS)
    return done.returncode, done.stdout.count("asked"), done.stderr


def test_only_a_silence_without_a_break_ends_the_driver() -> None:
    code, asked, reason = told("SILENT SILENT KNOWN SILENT SILENT KNOWN SILENT CUT-OFF SILENT ENDED")
    assert (code, asked) == (75, 9)
    assert reason.startswith("TryAgain: spark://a:1,b:2 has not answered for 0.3 s") and "make cluster-start" in reason


def test_a_master_that_has_the_application_no_more_ends_the_driver_at_once() -> None:
    code, asked, reason = told("KNOWN SILENT UNKNOWN KNOWN ENDED")
    assert (code, asked) == (75, 3)
    assert reason.startswith("TryAgain: spark://a:1,b:2 has this application no more") and reason.endswith("run it again\n")


@pytest.mark.parametrize("last", ["ENDED", "NO-JVM"])
def test_the_watch_ends_with_the_session_and_with_its_jvm(last: str) -> None:
    assert told(f"KNOWN {last} UNKNOWN") == (0, 2, "")


def test_local_masters_are_not_watched(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_watch.threading, "Thread", None)
    master_watch.watch_master(spark, 1)
