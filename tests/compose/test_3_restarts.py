"""Services that end in the middle of a run, and the whole stack that goes down and comes back."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.compose.conftest import BACKFILL_DAYS, ScheduledRun, land
from tests.compose.lake import CopiedLake, promises_hold, published_once
from tests.compose.stack import DAG_ID, Stack, wait_for

pytestmark = pytest.mark.docker
SUSPENDED_SECONDS = 100
POOL = "/api/v2/pools/spark"
# A week apart, so that none has late lines for another.
DAYS = (date(2026, 9, 1) + timedelta(days=7 * number) for number in count())


def kill(stack: Stack, service: str) -> None:
    """kill -9 from outside, as a machine short of memory does; Docker's own kill would count as a wish to stop."""
    container = stack.compose("ps", "--quiet", service).split()[0]
    inspected = subprocess.run(["docker", "inspect", "--format", "{{.State.Pid}}", container], check=True, capture_output=True, text=True)
    process = int(inspected.stdout)
    assert process > 0, f"{service} is not running: 0 would be the tests themselves"
    os.kill(process, signal.SIGKILL)


def restart(stack: Stack, service: str) -> None:
    stack.compose("restart", service)


def suspend(stack: Stack, service: str) -> None:
    """It stands still longer than Airflow waits for a task's heartbeat; what runs in it goes on afterwards."""
    stack.compose("pause", service)
    time.sleep(SUSPENDED_SECONDS)
    stack.compose("unpause", service)


# During which task's Spark application what happens to which service.
FAULTS = (
    ("ingest.ingest", kill, "spark-worker"),
    ("ingest.gate_ingest", restart, "triggerer"),
    ("enrich.enrich", suspend, "api-server"),  # takes the heartbeats: the driver runs on
    ("enrich.gate_enrich", restart, "postgres"),
    ("aggregate.aggregate", kill, "spark-master"),
    ("aggregate.gate_aggregate", suspend, "api-server"),
    ("identities.identities", suspend, "scheduler"),
    ("identities.gate_identities", restart, "history-server"),
    ("export_reports", restart, "spark-worker"),
    ("export_reports", suspend, "postgres"),
)


@pytest.mark.fault(fault="every service killed, restarted, suspended", where="in a run", promised="the run converges")
@pytest.mark.slow
def test_a_run_converges_although_every_service_ends_once(stack: Stack, tmp_path: Path) -> None:
    stack.unpause()
    day = BACKFILL_DAYS[-1]
    before = CopiedLake(stack, tmp_path / "before")
    created = ["airflow", "backfill", "create", "--dag-id", DAG_ID, "--from-date", str(day), "--to-date", str(day)]
    stack.execute("scheduler", *created, "--reprocess-behavior", "completed")
    (run_id,) = [run_id for run_id, run in stack.runs().items() if (run["data_interval_start"] or "").startswith(str(day))]
    for task_id, inflict, service in FAULTS:
        at_work(stack, run_id, task_id)
        inflict(stack, service)
    stack.wait_for_run(run_id)
    without_heartbeats = {task_id for task_id, inflict, service in FAULTS if (inflict, service) == (suspend, "api-server")}
    assert without_heartbeats <= given_up(stack, run_id)
    published_once(day, promises_hold(stack, day, tmp_path / "after"), before)


def given_up(stack: Stack, run_id: str) -> set[str]:
    """The tasks of a run whose heartbeat was late, so that Airflow began another try while the driver ran on."""
    return {row[0] for row in stack.sql(f"SELECT task_id FROM log WHERE event = 'heartbeat timeout' AND run_id = '{run_id}'")}


@pytest.mark.fault(fault="{service} killed", where="each state of a run", promised="the run converges; published once")
@pytest.mark.parametrize("service", ["scheduler", "dag-processor", "api-server"])
@pytest.mark.slow
def test_a_run_converges_although_a_service_is_killed_in_each_of_its_states(stack: Stack, tmp_path: Path, service: str) -> None:
    """While it waits for its landing, for a free slot, and while a stage, a gate and the export are at work."""
    stack.unpause()
    day = next(DAYS)
    land(stack.home / "landing", day, 1)
    marker = stack.home / f"landing/users/dt={day}/_SUCCESS"
    marker.unlink()
    run_id = stack.trigger(day)
    in_state(stack, run_id, "wait_for_landing", "up_for_reschedule")
    kill(stack, service)
    with no_slot(stack):
        marker.touch()
        in_state(stack, run_id, "ingest.ingest", "scheduled")
        kill(stack, service)
    for task_id in ("enrich.enrich", "aggregate.gate_aggregate", "export_reports"):
        at_work(stack, run_id, task_id)
        kill(stack, service)
    stack.wait_for_run(run_id)
    published_once(day, promises_hold(stack, day, tmp_path / "lake"))


@contextmanager
def no_slot(stack: Stack) -> Iterator[None]:
    """No Spark task can begin meanwhile."""
    slots = int(stack.sql("SELECT slots FROM slot_pool WHERE pool = 'spark'")[0][0])
    resize_pool(stack, 0)
    try:
        yield
    finally:
        resize_pool(stack, slots)


def resize_pool(stack: Stack, slots: int) -> None:
    body = {"name": "spark", "slots": slots, "description": "Spark tasks that may run at once", "include_deferred": False}
    wait_for(f"the pool to have {slots} slots", lambda: stack.call("PATCH", POOL, body)[0] == 200, 300)


def at_work(stack: Stack, run_id: str, task_id: str) -> None:
    """Wait until the task's application has executors. Airflow calls a task running seconds before it begins one."""

    def has_cores() -> bool:
        return is_in_state(stack, run_id, task_id, "running") and any(
            application["name"].startswith(name_of_application(task_id)) and application["cores"]
            for application in stack.master()["activeapps"]
        )

    wait_for(f"{task_id} to have executors", has_cores, 900, poll_seconds=0.3)


def name_of_application(task_id: str) -> str:
    """Its first words: `ingest.gate_ingest` is at work in `gate ingest <day>`."""
    name = task_id.rpartition(".")[2]
    return f"gate {name.removeprefix('gate_')} " if name.startswith("gate_") else f"{name} "


def in_state(stack: Stack, run_id: str, task_id: str, state: str) -> None:
    wait_for(f"{task_id} to be {state}", partial(is_in_state, stack, run_id, task_id, state), 900)


def is_in_state(stack: Stack, run_id: str, task_id: str, wanted: str) -> bool:
    state = stack.task(run_id, task_id)["state"]
    assert state not in ("success", "failed", "upstream_failed"), f"{task_id} was {state} before the fault came"
    return bool(state == wanted)


def test_down_and_up_again_loses_nothing(stack: Stack, scheduled: ScheduledRun, tmp_path: Path) -> None:
    runs = {run_id: run["state"] for run_id, run in stack.runs().items()}
    applications = {application["id"] for application in stack.history("applications")}
    assert stack.make("down").returncode == 0
    assert stack.make("down").returncode == 0  # twice is harmless
    for _ in range(2):
        up = stack.make("up")
        assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
    stack.login()
    assert {run_id: run["state"] for run_id, run in stack.runs().items() if run_id in runs} == runs
    wait_for("the old applications", lambda: applications <= {a["id"] for a in stack.history("applications")}, 600)
    promises_hold(stack, scheduled.day, tmp_path / "lake")
