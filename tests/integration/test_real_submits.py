"""The DAG as people run it: through Airflow, with real spark-submits."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import psutil
import pytest

from include.settings import PROJECT
from tests.faults.reader import Reader
from tests.integration.chain import csvs
from tests.integration.cluster import clean_environment, running_cluster
from tests.integration.test_chain_against_the_oracle import sample
from tests.landing import Landing
from tests.oracle import oracle
from tests.waiting import HANG_SECONDS
from tools.spark_events import applications

pytestmark = pytest.mark.chain
RUN = [sys.executable, "-m", "tools.run"]


DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home in which a day has run on a cluster, although a driver was killed, and what the run printed."""
    home = tmp_path_factory.mktemp("finished")
    sample(home / "landing", DAY, 1, "--requests", "1500", "--users", "200")
    with running_cluster(home) as cluster:
        env = cluster.environment(
            MILLRACE_MASTER=cluster.master, DAY=str(DAY),
            MILLRACE_FINISH_EDGES="0", MILLRACE_RETRY_DELAY_SECONDS="1", MILLRACE_DRIVER_MEMORY="1g", MILLRACE_MAX_CORES="1",
        )  # fmt: skip
        run = subprocess.Popen(RUN, env=env, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        kill_driver_after_level(home, 1, run)
        output, _ = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 0, output
    return home, output


@pytest.mark.covered  # by tests/compose (a run on a cluster), test_killed_processes.py and test_audit_on_a_cluster.py
@pytest.mark.fault(fault="kill -9", where="driver of identities, on a cluster", promised="the next try resumes; the oracle's tables")
@pytest.mark.slow
def test_a_day_on_the_cluster_of_cluster_start_with_a_killed_driver(finished: tuple[Path, str]) -> None:
    """The executors do the work; the killed driver's retry resumes after its last complete level; the tables are the oracle's."""
    home, output = finished
    assert "retries identities.identities" in " ".join(output.split())
    log = next((home / "logs/runs").glob("*.log")).read_text()
    assert any("level=1 " in line and "resumed" in line for line in log.splitlines())
    report = {path.name: path.read_bytes() for path in (home / "reports" / f"dt={DAY}").iterdir()}
    assert csvs(report) == oracle.compute(home / "landing", DAY).csv
    tasks = tasks_by_executor(home / "events")
    assert set(tasks) == {"ingest", "gate", "enrich", "aggregate", "identities", "export_reports"}
    assert all("driver" not in executors and executors.total() > 0 for executors in tasks.values()), tasks


@pytest.mark.slow
def test_the_audit_and_the_stream_agree_with_the_day_through_airflow(finished: tuple[Path, str]) -> None:
    home, _ = finished
    audit = run_of_dag(home, "raw_log_audit", "passed audit_raw_logs")
    assert re.search(r'"counters".*"malformed": \d+', audit)
    found = [json.loads(line) for path in home.glob("reports/raw_log_audit/*/*/part-*") for line in path.read_text().splitlines()]
    assert found and [one for one in found if one["finding"] == "difference"] == []
    run_of_dag(home, "web_activity_stream", "passed compare_live")
    totals = {row["user_id"]: row["requests"] for row in Reader(home).rows("live.user_totals") if row["event_day"] == DAY}
    daily = csv.DictReader(oracle.compute(home / "landing", DAY).csv["user_daily.csv"].decode().splitlines())
    assert totals == {row["user_id"]: int(row["requests"]) for row in daily}


def run_of_dag(home: Path, dag_id: str, passed: str) -> str:
    """Run one of the other DAGs for the day through Airflow, in local mode; its log."""
    code = f"import sys; from tools.foreground import *; sys.exit(run_dag(read_settings(), {dag_id!r}, {{'day': '{DAY}'}}))"
    env = clean_environment(MILLRACE_HOME=str(home), MILLRACE_MASTER="local[2]", MILLRACE_DRIVER_MEMORY="1g")
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=PROJECT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0 and passed in " ".join(done.stdout.split()), done.stdout + done.stderr
    return max((home / "logs/runs").glob("*.log"), key=lambda log: log.stat().st_mtime).read_text()


@pytest.mark.fault(fault="rule fails", where="gate ingest, through Airflow", promised="main as it was; no retry")
def test_a_red_gate_ends_the_run_at_once_and_says_why(tmp_path: Path):
    day, landing = date(2026, 11, 1), Landing(tmp_path / "landing")
    landing.requests(day, "a.log", [f"{day}T10:00Z u1 192.0.2.1 /x"] * 10 + ["no request"])
    landing.complete(day)
    done = subprocess.run(
        RUN,
        env=clean_environment(MILLRACE_HOME=str(tmp_path), DAY=str(day)),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 1, done.stdout
    assert done.stdout.count("started ingest.gate_ingest") == 1 and "retries" not in done.stdout
    assert "failed ingest.gate_ingest" in " ".join(done.stdout.split())
    assert "[info" not in done.stdout  # the explanation stands alone, without the log's last lines
    assert "started enrich" not in done.stdout
    for told in ("critical: ops.ledger, quarantined_share_is_bearable: 1 row.", "where to look:", "what to do:"):
        assert told in done.stdout, done.stdout


def kill_driver_after_level(home: Path, level: int, run: subprocess.Popen[str]) -> None:
    """kill -9 the identities driver as soon as a level is complete."""
    while run.poll() is None:
        if list(home.glob(f"work/identities/*/manifest-{level:03}.json")):
            drivers = [p for p in psutil.Process(run.pid).children(recursive=True) if _is_driver(p)]
            if drivers:
                for driver in drivers:
                    driver.send_signal(signal.SIGKILL)
                return
        time.sleep(0.05)
    raise AssertionError(f"the run ended before level {level} was seen: {run.communicate()[0]}")


def _is_driver(process: psutil.Process) -> bool:
    try:
        return any(part.endswith("identities/job.py") for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def tasks_by_executor(events: Path) -> dict[str, Counter[str]]:
    """By job, how many tasks each executor ended, from Spark's event logs."""
    jobs: dict[str, Counter[str]] = {}
    for name, ended in applications(events):
        jobs.setdefault(name.split()[0], Counter()).update(event["Task Info"]["Executor ID"] for event in ended)
    return jobs
