"""Days that run beside each other in a random order, the upkeep in between, on a lake that is not there yet when they begin."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import pytest

from include.settings import PROJECT
from tests.faults.days import land
from tests.faults.process import DayProcess
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, no_unaudited_row, report_of
from tests.faults.reader import Reader
from tests.integration.cluster import clean_environment
from tests.landing import Landing

pytestmark = pytest.mark.slow
FIRST = date(2026, 11, 1)
TRIES, TRY_AGAIN, DATA_FAILED = 5, 75, 65
# What a run is told that another one of the same day has overtaken.
OVERTAKEN = ("was published by another run after", "was published anew")


def run(home: Path, day: date) -> None:
    """As Airflow and its users do it: a try that has lost a race is followed by another one, a run that was overtaken too."""
    for _ in range(TRIES):
        tried = DayProcess(home, day)
        code = tried.wait()
        if code == 0:
            return
        is_overtaken = code == DATA_FAILED and any(words in tried.told() for words in OVERTAKEN)
        assert code == TRY_AGAIN or is_overtaken, tried.told()
    raise AssertionError(f"{day}: {TRIES} tries were not enough: {tried.told()}")


def keep_up(home: Path, over: Event) -> int:
    """One upkeep after another until it is over; how many there were."""
    times = 0
    while not over.wait(1):
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.upkeep", str(home)], cwd=PROJECT, env=clean_environment(), capture_output=True, text=True
        )
        assert done.returncode in (0, TRY_AGAIN), done.stderr[-3000:]
        times += 1
    return times


def run_at_once(home: Path, days: list[date], at_once: int) -> None:
    for day in set(days):
        land(Landing(home / "landing"), day)
    over = Event()
    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(at_once) as runs:
        upkeep = beside.submit(keep_up, home, over)
        try:
            list(runs.map(lambda day: run(home, day), days))
        finally:
            over.set()
        assert upkeep.result() > 0
    reader = Reader(home)
    for day in set(days):
        no_unaudited_row(reader, day)
        every_line_accounted_for(reader, home / "landing", day)
        equal_to_the_oracle(home / "landing", day, report_of(home, day))


@pytest.mark.fault(
    fault="days at once", where="one of them twice, on a new lake, upkeep in between", promised="all go through; the oracle's tables"
)
def test_two_days_at_once_one_of_them_twice_with_upkeep(tmp_path: Path) -> None:
    run_at_once(tmp_path, [FIRST, FIRST + timedelta(days=7), FIRST], at_once=3)


@pytest.mark.fault(fault="days at once", where="eight in a random order, upkeep in between", promised="all go through; the oracle's tables")
@pytest.mark.soak
def test_eight_days_at_once_with_upkeep(tmp_path: Path) -> None:
    days = [FIRST + timedelta(days=number) for number in range(8)]
    random.Random(int(os.environ["SEED"])).shuffle(days)
    run_at_once(tmp_path, days, at_once=8)
