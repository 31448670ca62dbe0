"""Real kills of a driver's two processes; each is followed by a plain run of the day, which ends in the oracle's tables."""

import os
import random
import signal
import time
from datetime import date
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.faults.days import land
from tests.faults.jobs import POINTS
from tests.faults.process import DayProcess, failpoint, run_plainly
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, kept, no_unaudited_row, published, report_of
from tests.faults.reader import Reader
from tests.landing import Landing
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 1)
KILLS = 40


@pytest.mark.fault(
    fault="kill -9", where="driver's JVM, then its Python", promised="main unaudited never; a rerun ends in the oracle's tables"
)
@pytest.mark.fault(
    fault="task runner gone", where="driver outlives it in a stage, a gate, the export", promised="the orphan never publishes, nor reports"
)
def test_killed_processes_and_drivers_that_outlive_their_tasks(tmp_path: Path) -> None:
    """The drivers stand still as a machine that was suspended does, and wake when another run of the day is through."""
    reader = Reader(tmp_path)
    land(Landing(tmp_path / "landing"), DAY)
    for point in ("after_stage_commit:kill-jvm:5", "after_publish:kill:6"):
        cut_off = DayProcess(tmp_path, DAY, **failpoint(point))
        assert cut_off.wait() != 0
        no_unaudited_row(reader, DAY)
    orphans: list[DayProcess] = []
    try:
        for point in ("after_stage_commit:stop:2", "after_publish:stop:2", "before_report:stop"):
            orphans.append(DayProcess(tmp_path, DAY, **failpoint(point)))
            wait_for(partial(stands_still, orphans[-1]))
        run_plainly(tmp_path, DAY)
        tables, releases, report = published(reader, DAY), reader.rows("ops.releases"), report_of(tmp_path, DAY)
        for orphan, told in zip(orphans, ["by another run after this one", "anew since this run's", "anew since this run's"], strict=True):
            os.kill(orphan.process.pid, signal.SIGCONT)
            assert orphan.wait() == 65, orphan.told()
            assert f"was published {told}" in orphan.told()
    finally:
        for orphan in orphans:
            orphan.kill_group()
    assert (published(reader, DAY), reader.rows("ops.releases"), report_of(tmp_path, DAY)) == (tables, releases, report)
    no_unaudited_row(reader, DAY)
    every_line_accounted_for(reader, tmp_path / "landing", DAY)


def stands_still(process: DayProcess) -> bool:
    assert process.process.poll() is None, process.told()
    return psutil.Process(process.process.pid).status() == psutil.STATUS_STOPPED


@pytest.mark.fault(
    fault="kill -9",
    where="every job, at each of its points in turn, Python or the JVM",
    promised="main unaudited never; its next try ends in the oracle's tables",
)
@pytest.mark.covered  # by test_crashes.py, where each of these tries ends by an exception
def test_every_job_is_killed_at_each_of_its_points(tmp_path: Path) -> None:
    land(Landing(tmp_path / "landing"), DAY)
    reader, acknowledged = Reader(tmp_path), dict[str, list[int]]()
    for at, (job, points) in enumerate(POINTS.items()):
        for number, point in enumerate(points):
            # Stages and gates take turns: two of a kind in a row are killed in different ways.
            whom = ("kill", "kill-jvm")[(at // 2 + number) % 2]
            victim = DayProcess(tmp_path, DAY, job, **failpoint(f"{point}:{whom}"))
            assert (victim.wait() == -signal.SIGKILL) == (whom == "kill"), victim.told()
            no_unaudited_row(reader, DAY)
            acknowledged = kept(acknowledged, published(reader, DAY))
        again = DayProcess(tmp_path, DAY, job)
        assert again.wait() == 0, again.told()
    no_unaudited_row(reader, DAY)
    every_line_accounted_for(reader, tmp_path / "landing", DAY)
    equal_to_the_oracle(tmp_path / "landing", DAY, report_of(tmp_path, DAY))
    assert all(len(snapshots) <= 1 for snapshots in kept(acknowledged, published(reader, DAY)).values())


@pytest.mark.fault(fault="kill -9", where="whole run, random moments and processes", promised="a plain rerun ends in the oracle's tables")
@pytest.mark.soak
def test_kills_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ["SEED"]))
    landing = Landing(tmp_path / "landing")
    for number in range(int(os.environ.get("KILLS") or KILLS)):
        day, whom, seconds = date(2026, 11, 1 + number % 28), chance.choice(["group", "jvm", "python"]), chance.uniform(2, 60)
        if number < 28:
            land(landing, day)
        victim = DayProcess(tmp_path, day)
        time.sleep(seconds)
        happened = kill(victim, whom)
        print(f"{number + 1:3}  {day}  {whom:7}{happened} after {seconds:4.1f} s", flush=True)
        run_plainly(tmp_path, day)
        victim.kill_group()


def kill(victim: DayProcess, whom: str) -> str:
    """Kill all of it, or one of its two processes, whose other one is left to end by itself; what happened."""
    if victim.process.poll() is not None:
        return "had ended"
    jvm = victim.jvm()
    if whom == "group":
        victim.kill_group()
    elif whom == "python" or jvm is None:
        victim.process.kill()
    else:
        jvm.kill()
    return "killed"
