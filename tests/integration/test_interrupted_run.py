"""`make run` that is cut off: nothing of it goes on, and Airflow does not wait for it."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import psutil
import pytest

from include.settings import PROJECT, Machine, Settings
from tests.integration.cluster import clean_environment
from tests.integration.test_real_submits import RUN
from tests.landing import Landing
from tests.waiting import HANG_SECONDS, wait_for
from tools import run_records
from tools.abandoned import end_abandoned
from tools.airflow_env import airflow_env
from tools.services import is_running

pytestmark = pytest.mark.chain
DAY = date(2026, 11, 1)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in the middle of its first stage, and its processes."""
    Landing(tmp_path / "landing").complete(DAY)
    env = clean_environment(MILLRACE_HOME=str(tmp_path), DAY=str(DAY))
    process = subprocess.Popen(RUN, env=env, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    assert any("started ingest.ingest" in " ".join(line.split()) for line in process.stdout)
    wait_for(lambda: any(is_driver(child) for child in psutil.Process(process.pid).children(recursive=True)), of=process)
    yield process
    process.kill()
    process.wait()


def is_driver(process: psutil.Process) -> bool:
    """Whether it is the Python of the job, which only a JVM starts; the shell script spark-submit has the job among its words too."""
    try:
        return process.name().startswith("python") and "ingest/job.py" in " ".join(process.cmdline())
    except psutil.Error:
        return False  # it has just ended


def of_home(home: Path) -> list[psutil.Process]:
    """All that runs for the home, also what was started while the run was being killed."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MILLRACE_HOME") == str(home) and is_running(process):
                found.append(process)
        except psutil.Error:
            continue  # it has just ended, or is another user's
    return found


def wait_for_end(settings: Settings) -> None:
    """Until nothing of the home runs. A process that is ending shows no environment any more, but holds its record a moment longer."""
    wait_for(lambda: not of_home(settings.home) and not run_records.alive(settings))


def states(home: Path) -> tuple[set[str], set[str]]:
    """Of the runs and of the tasks in Airflow's database."""
    with closing(sqlite3.connect(home / "airflow/airflow.db")) as database:
        runs = {state for (state,) in database.execute("SELECT state FROM dag_run")}
        return runs, {state for (state,) in database.execute("SELECT state FROM task_instance WHERE state IS NOT NULL")}


@pytest.mark.fault(fault="two signals at once", where="make run", promised="all of it ends")
def test_two_signals_at_once_end_all_of_it(run: subprocess.Popen[str], tmp_path: Path) -> None:
    family = psutil.Process(run.pid).children(recursive=True)
    assert any(is_driver(child) for child in family)
    run.send_signal(signal.SIGTERM)
    time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 130, output
    assert "stopped; nothing unaudited was published" in output and "Traceback" not in output
    assert [child for child in family if is_running(child)] == []
    wait_for_end(Settings(home=tmp_path))
    assert states(tmp_path) == ({"failed"}, {"success", "failed"})


@pytest.mark.fault(fault="kill -9", where="make run", promised="its drivers end too; Airflow is told")
def test_a_kill_ends_it_too_and_the_next_start_tells_airflow(run: subprocess.Popen[str], tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    run.kill()
    wait_for_end(settings)
    assert "running" in states(tmp_path)[1]
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            patch.delenv(name)
        env = airflow_env(settings, Machine.read())
        for _ in range(2):  # the second time there is nothing to do
            end_abandoned(settings, env)
    assert states(tmp_path) == ({"failed"}, {"success", "failed"})
