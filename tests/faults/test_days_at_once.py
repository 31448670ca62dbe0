"""Days that run beside each other in a random order, the upkeep in between, on a lake that is not there yet when they begin."""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Lock

import pytest

from include.settings import PROJECT
from spark_jobs.gate.schema import BY_NAME
from spark_jobs.lake.begun import BEGUN
from tests.faults.days import land
from tests.faults.process import DayProcess
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, no_unaudited_row, report_of
from tests.faults.reader import Reader, path_of
from tests.integration.cluster import clean_environment
from tests.landing import Landing
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.slow
FIRST = date(2026, 11, 1)
TRY_AGAIN, DATA_FAILED = 75, 65
OLD_SECONDS = 4 * 86400  # the upkeep leaves younger files alone, whatever names them
# What a run is told that another one of the same day has overtaken.
OVERTAKEN = ("was published by another run after", "was published anew")


class AtWork:
    """Which days run now, each since when."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.runs: list[tuple[date, float]] = []
        self.lock = Lock()

    @contextmanager
    def one(self, day: date) -> Iterator[None]:
        """A run of the day is at work. Once no run of it is, the upkeep may touch it, as if a day had gone by."""
        run = (day, time.time())
        with self.lock:
            self.runs.append(run)
        try:
            yield
        finally:
            with self.lock:
                self.runs.remove(run)
                if day not in [other for other, _ in self.runs]:
                    self._end_stages(day)

    def _end_stages(self, day: date) -> None:
        for record in (self.home / "work/branches").glob(f"*/{BEGUN}"):
            if json.loads(record.read_text())["day"] == str(day):
                os.utime(record, (time.time() - 2 * 86400,) * 2)

    def kept_from(self) -> float:
        """The shortest time of keeping: it began just before the oldest run that is at work."""
        with self.lock:
            return min((since for _, since in self.runs), default=time.time())


def run(home: Path, day: date, at_work: AtWork) -> None:
    """As Airflow and its users do it: a try that has lost a race is followed by another one, a run that was overtaken too. Nobody promises
    how many races a run can lose."""
    deadline = time.monotonic() + HANG_SECONDS
    while True:
        with at_work.one(day):
            tried = DayProcess(home, day)
            code = tried.wait()
        if code == 0:
            return
        is_overtaken = code == DATA_FAILED and any(words in tried.told() for words in OVERTAKEN)
        assert code == TRY_AGAIN or is_overtaken, tried.told()
        assert time.monotonic() < deadline, f"{day} goes on losing: {tried.told()}"


def keep_up(home: Path, reader: Reader, at_work: AtWork, over: Event, went: Counter[str]) -> None:
    """One upkeep after another until it is over. The reader sees before what may go; went: counts what went beside runs at work."""
    while not over.wait(1):
        for name in BY_NAME:
            reader.history(name)
        orphans = [orphan for name in BY_NAME if (orphan := plant_orphan(reader, name))]
        is_beside = bool(at_work.runs)
        command = [sys.executable, "-m", "tests.faults.upkeep", str(home), str(at_work.kept_from())]
        done = subprocess.run(command, cwd=PROJECT, env=clean_environment(), capture_output=True, text=True)
        assert done.returncode in (0, TRY_AGAIN), done.stderr[-3000:]
        assert done.returncode == TRY_AGAIN or not any(orphan.exists() for orphan in orphans)
        if is_beside or at_work.runs:
            went.update(gone(done.stdout))


def plant_orphan(reader: Reader, table: str) -> Path | None:
    """A file below the table's folder that no snapshot names, as old as main's files are made to be here, which must stay."""
    location = reader.location(table)
    if location is None:
        return None
    orphan = path_of(location).parents[1] / "data/orphan.parquet"
    orphan.parent.mkdir(exist_ok=True)
    orphan.touch()
    for file in [str(orphan), *reader.files(table)]:
        os.utime(file, (time.time() - OLD_SECONDS,) * 2)
    return orphan


def gone(told: str) -> Counter[str]:
    """What an upkeep tells that it has taken away."""
    kinds = re.findall(r"([\d,]+) (branches|snapshots|files put together)", told)
    return sum((Counter({kind: int(number.replace(",", ""))}) for number, kind in kinds), Counter())


def run_at_once(home: Path, days: list[date], at_once: int) -> None:
    for day in set(days):
        land(Landing(home / "landing"), day)
    over, reader, at_work, went = Event(), Reader(home, is_kept_up=True), AtWork(home), Counter[str]()
    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(at_once) as runs:
        upkeep = beside.submit(keep_up, home, reader, at_work, over, went)
        try:
            list(runs.map(lambda day: run(home, day, at_work), days))
            if not (went["branches"] and went["snapshots"]):
                # Chance let no upkeep fall into a run that began once others had ended, whose work may go: now there is such a run.
                run(home, days[-1], at_work)
        finally:
            over.set()
        upkeep.result()
    print(f"the upkeep took away beside runs at work: {dict(went)}")
    assert went["branches"] and went["snapshots"]
    for day in set(days):
        no_unaudited_row(reader, day)
        every_line_accounted_for(reader, home / "landing", day)
        equal_to_the_oracle(home / "landing", day, report_of(home, day))


@pytest.mark.fault(
    fault="days at once", where="one of them twice, on a new lake, upkeep in between", promised="all go through; the oracle's tables"
)
def test_two_days_at_once_one_of_them_twice_with_upkeep(tmp_path: Path) -> None:
    run_at_once(tmp_path, [FIRST, FIRST, FIRST + timedelta(days=7)], at_once=2)


@pytest.mark.fault(fault="days at once", where="eight in a random order, upkeep in between", promised="all go through; the oracle's tables")
@pytest.mark.soak
def test_eight_days_at_once_with_upkeep(tmp_path: Path) -> None:
    days = [FIRST + timedelta(days=number) for number in range(8)]
    random.Random(int(os.environ["SEED"])).shuffle(days)
    # Once the first eight have ended, their work is old enough to be taken away beside the last ones.
    run_at_once(tmp_path, [*days, *days[:4]], at_once=8)
