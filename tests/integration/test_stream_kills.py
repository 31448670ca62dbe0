"""The stream as a submit of its own, ended by signals to either process and by kill -9 at random moments: every line once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from include.settings import PROJECT
from include.submit import argument_words
from tests.faults.reader import Reader
from tests.integration.cluster import clean_environment
from tests.landing import Landing
from tests.live import LIMITS
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
DAY = date(2015, 5, 17)
KILLS = 20


class Application:
    """The job, submitted alone in a session of its own."""

    def __init__(self, home: Path, mode: str) -> None:
        places = {
            "landing_uri": f"file://{home}/landing",
            "work_uri": f"file://{home}/work",
            "erasure_key_file": f"{home}/secrets/erasure.key",
        }
        given = {"source": "landing", "mode": mode} | places | LIMITS
        words = " ".join(argument_words(given))
        env = clean_environment(MILLRACE_HOME=str(home), JOB="stream_requests", ARGS=words, MILLRACE_DRIVER_MEMORY="1g")
        self.log = home / "log"
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tools.submit_job"]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def driver(self) -> psutil.Process:
        """The Python driver, a child of spark-submit's JVM, as is Spark's daemon of Python workers."""
        found = psutil.process_iter(["ppid", "cmdline"])  # of one that is ending it tells no command line
        return next(one for one in found if one.info["ppid"] == self.process.pid and "job.py" in " ".join(one.info["cmdline"] or []))

    def ends_well(self) -> None:
        wait_for(lambda: self.process.poll() is not None, self.log)
        assert self.process.returncode == 0, self.log.read_text()[-3000:]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tells(self, text: str) -> None:
        """Wait until it has told the text once more."""
        before = self.log.read_text().count(text)
        wait_for(lambda: self.log.read_text().count(text) > before, self.log, of=self.process)


class Counts(NamedTuple):
    """Requests by user in live.requests and in live.user_totals, files of live.requests, and requests by live.request_windows, of which
    each is in ten."""

    requests: Counter[str]
    totals: Counter[str]
    files: list[str]
    in_windows: int


class Writer:
    """Lands small files one after another; what is landed is the oracle."""

    def __init__(self, home: Path, seed: int) -> None:
        self.landing, self.random = Landing(home / "landing"), random.Random(seed)
        self.landed: dict[str, Counter[str]] = {}  # requests by user, by source_file
        self.landing.root.mkdir(parents=True, exist_ok=True)

    def land(self, files: int) -> None:
        for number in range(len(self.landed), len(self.landed) + files):
            users = [f"u{self.random.randrange(20)}" for _ in range(self.random.randrange(1, 200))]
            lines = [
                f"{DAY}T{self.random.randrange(24):02}:00:{n % 60:02}Z {user} 10.0.{number % 250}.1 /p{n}" for n, user in enumerate(users)
            ]
            path = self.landing.requests(DAY, f"{number:05}.log", lines)
            self.landed[str(path.relative_to(self.landing.root))] = Counter(users)

    def counts(self, files: Iterable[str]) -> Counts:
        """What the stream holds once it has read these files, each once, and no other."""
        users = sum((self.landed[file] for file in files), Counter[str]())
        return Counts(users, users, sorted(files), users.total())


def live_counts(home: Path) -> Counts:
    """By a reader that knows Iceberg's files only."""
    reader = Reader(home)
    totals: Counter[str] = Counter()
    for row in reader.rows("live.user_totals"):
        totals[row["user_id"]] += row["requests"]
    return Counts(
        Counter(row["user_id"] for row in reader.rows("live.requests")),
        totals,
        sorted({row["source_file"] for row in reader.rows("live.requests")}),
        sum(row["requests"] for row in reader.rows("live.request_windows")) // 10,
    )


def ledger_files(home: Path) -> list[str]:
    """One row a file and batch; a batch writes it before its requests."""
    return sorted(row["source_file"] for row in Reader(home).rows("live.ledger"))


@pytest.mark.fault(fault="SIGTERM", where="stream, {whom}", promised="all that was read is counted")
# What Airflow and a shell signal is the JVM; both ways end in the signal that test_stream_sources.py has in a session.
@pytest.mark.parametrize("whom", ["jvm", pytest.param("driver", marks=pytest.mark.covered)])
def test_a_signal_to_either_process_ends_it_with_all_counted_that_was_read(tmp_path: Path, whom: str) -> None:
    writer = Writer(tmp_path, 1)
    writer.land(3)
    application = Application(tmp_path, "continuous")
    application.tells("intake  batch")
    for _ in range(5):
        writer.land(1)
        time.sleep(random.uniform(0, 0.5))
    (psutil.Process(application.process.pid) if whom == "jvm" else application.driver()).send_signal(signal.SIGTERM)
    application.ends_well()
    assert "asked to stop: finishing what was read" in application.log.read_text()
    counted = live_counts(tmp_path)
    assert len(counted.files) >= 3 and counted == writer.counts(counted.files)  # of the last five it may have read any
    Application(tmp_path, "available-now").ends_well()
    assert live_counts(tmp_path) == writer.counts(writer.landed)
    assert ledger_files(tmp_path) == sorted(writer.landed)


# What the application tells before it is killed: that a batch has written half of its tables, that the second query has finished one, that
# it has begun. Every other kill comes at once.
STEPS = ("top users of the batch", "totals  batch", "intake  started")


def kill_at_random(home: Path, kills: int, seed: int) -> None:
    print(f"seed {seed}")
    writer, moments = Writer(home, seed), random.Random(seed)
    for kill in range(kills):
        writer.land(2)
        application = Application(home, "continuous")
        application.tells(STEPS[kill % len(STEPS)])
        deadline = time.monotonic() + (moments.uniform(0, 12) if kill % 2 else 0)
        while time.monotonic() < deadline:
            writer.land(1)
            time.sleep(moments.uniform(0, 1))
        application.kill()
        print(f"kill {kill + 1} of {kills}: {application.log.read_text().count('  batch ')} batches told so far", flush=True)
    assert ledger_files(home), "no kill came after a commit"
    Application(home, "available-now").ends_well()
    assert live_counts(home) == writer.counts(writer.landed)
    assert ledger_files(home) == sorted(writer.landed)


@pytest.mark.fault(fault="kill -9", where="stream, random moments", promised="every line once")
def test_kills_at_random_moments_lose_no_line_and_count_none_twice(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 2, seed=int(os.environ.get("SEED") or 1))


@pytest.mark.soak
def test_twenty_kills_at_random_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, KILLS, seed=int(os.environ.get("SEED") or random.randrange(10**6)))
