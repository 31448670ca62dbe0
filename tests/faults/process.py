"""A day's chain, or one of its jobs, in a process group of its own, with faults from the environment or by signals; and the promises of its
home."""

import itertools
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import psutil

from include.settings import PROJECT
from spark_jobs.lake import failpoints
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, kept, no_unaudited_row, published, report_of
from tests.faults.reader import Reader
from tests.integration.cluster import clean_environment
from tests.waiting import HANG_SECONDS

NUMBERS = itertools.count(1)


class DayProcess:
    """tests.faults.one_day at work, or one_job where a job is named. environment: its settings, and a failpoint if there is to be one."""

    def __init__(self, home: Path, day: date, job: str = "", **environment: str) -> None:
        self.log = home / f"process-{next(NUMBERS)}.log"
        env = clean_environment(**environment)
        module = ["tests.faults.one_job", str(home), str(day), job] if job else ["tests.faults.one_day", str(home), str(day)]
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", *module]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def jvm(self) -> psutil.Process | None:
        """Its JVM, once that is there."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next((child for child in children if child.name() == "java"), None)

    def wait(self) -> int:
        """Its exit code; nothing of it is left afterwards."""
        code = self.process.wait(HANG_SECONDS)
        self.kill_group()
        return code

    def kill_group(self) -> None:
        """kill -9 of all that is left of it."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()

    def told(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


def failpoint(text: str) -> dict[str, str]:
    return {failpoints.VARIABLE: text}


def run_plainly(home: Path, day: date, reader: Reader | None = None, **environment: str) -> None:
    """The day once more, without any fault: it ends in the oracle's tables, whatever was before, and nothing that was out has gone.

    reader: of a lake whose catalog is not the home's own.
    """
    reader, landing = reader or Reader(home), home / "landing"
    no_unaudited_row(reader, day)
    before = published(reader, day)
    rerun = DayProcess(home, day, **environment)
    assert rerun.wait() == 0, rerun.told()
    no_unaudited_row(reader, day)
    every_line_accounted_for(reader, landing, day)
    equal_to_the_oracle(landing, day, report_of(home, day))
    kept(before, published(reader, day))
