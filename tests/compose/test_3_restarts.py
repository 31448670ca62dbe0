"""Services that end in the middle of a run, and the whole stack that goes down and comes back."""

import os
import signal
import subprocess
import time
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.compose.conftest import BACKFILL_DAYS
from tests.compose.stack import DAG_ID, Stack, wait_for
from tests.compose.test_1_runs import embedded

pytestmark = pytest.mark.docker
SUSPENDED_SECONDS = 75


def kill(stack: Stack, service: str) -> None:
    """kill -9 from outside, as a machine short of memory does; Docker's own kill would count as a wish to stop."""
    container = stack.compose("ps", "--quiet", service).split()[0]
    inspected = subprocess.run(["docker", "inspect", "--format", "{{.State.Pid}}", container], check=True, capture_output=True, text=True)
    os.kill(int(inspected.stdout), signal.SIGKILL)


def restart(stack: Stack, service: str) -> None:
    stack.compose("restart", service)


def suspend(stack: Stack, service: str) -> None:
    """It stands still longer than Airflow waits for a task's heartbeat; what runs in it goes on afterwards."""
    stack.compose("pause", service)
    time.sleep(SUSPENDED_SECONDS)
    stack.compose("unpause", service)


# Tables that get rows and are never published.
RECORDS = {"ops.gate_results", "ops.releases"}
# During which task what happens to which service.
FAULTS = (
    ("ingest.ingest", kill, "spark-worker"),
    ("ingest.gate_ingest", kill, "api-server"),
    ("enrich.enrich", kill, "scheduler"),
    ("enrich.gate_enrich", restart, "postgres"),
    ("aggregate.aggregate", kill, "spark-master"),
    ("aggregate.gate_aggregate", kill, "dag-processor"),
    ("aggregate.gate_aggregate", restart, "triggerer"),
    ("identities.identities", suspend, "scheduler"),
    ("identities.gate_identities", restart, "history-server"),
    ("export_reports", restart, "spark-worker"),
    ("export_reports", suspend, "postgres"),
)


@pytest.mark.fault(fault="every service killed, restarted, suspended", where="in a run", promised="the run converges")
@pytest.mark.slow
def test_a_run_converges_although_every_service_ends_once(stack: Stack, spark: SparkSession, tmp_path: Path) -> None:
    stack.unpause()
    day = BACKFILL_DAYS[-1]
    before = stack.publishes(day)
    created = ["airflow", "backfill", "create", "--dag-id", DAG_ID, "--from-date", str(day), "--to-date", str(day)]
    stack.execute("scheduler", *created, "--reprocess-behavior", "completed")
    (run_id,) = [run_id for run_id, run in stack.runs().items() if (run["data_interval_start"] or "").startswith(str(day))]
    for task_id, inflict, service in FAULTS:
        wait_for(f"{task_id} to run", partial(is_running, stack, run_id, task_id), 900)
        inflict(stack, service)
    stack.wait_for_run(run_id)
    assert stack.report(day) == embedded(stack, day, spark, tmp_path)
    after = stack.publishes(day)
    assert set(after) >= {"raw.requests", "core.activity", "mart.identities", *RECORDS}
    assert {name: after[name] - before.get(name, 0) for name in after} == {name: 0 if name in RECORDS else 1 for name in after}


def is_running(stack: Stack, run_id: str, task_id: str) -> bool:
    state = stack.task(run_id, task_id)["state"]
    assert state not in ("success", "failed", "upstream_failed"), f"{task_id} was {state} before the fault came"
    return bool(state == "running")


def test_down_and_up_again_loses_nothing(stack: Stack, yesterday: date) -> None:
    runs = {run_id: run["state"] for run_id, run in stack.runs().items()}
    applications = {application["id"] for application in stack.history("applications")}
    report = stack.report(yesterday)
    assert stack.make("down").returncode == 0
    assert stack.make("down").returncode == 0  # twice is harmless
    for _ in range(2):
        up = stack.make("up")
        assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
    stack.login()
    assert {run_id: run["state"] for run_id, run in stack.runs().items() if run_id in runs} == runs
    wait_for("the old applications", lambda: applications <= {a["id"] for a in stack.history("applications")}, 90)
    assert stack.report(yesterday) == report
