"""A user is erased from the stack by the lines of docs/operations.md: the name goes by the environment, the days run in Airflow."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.compose.conftest import land
from tests.compose.lake import CopiedLake
from tests.compose.stack import Stack
from tests.compose.test_6_secrets import search
from tests.faults.promises import equal_to_the_oracle
from tests.landing import Landing

pytestmark = [pytest.mark.docker, pytest.mark.slow]
USER, DAY = "erika.gone-47@stack", date(2026, 8, 3)
PLACES = (
    ("scheduler", "/data/lake"),
    ("scheduler", "/data/reports"),
    ("scheduler", "/data/logs"),
    ("history-server", "/data/events"),
    ("spark-worker", "/data/scratch"),
)


def erase(stack: Stack) -> subprocess.CompletedProcess[str]:
    command = ["docker", "compose", "exec", "-T", "-e", "ERASE_USER", "scheduler", "python", "-m", "tools.erase"]
    environment = stack.environment | {"ERASE_USER": USER}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=1200)


def test_an_erased_user_is_nowhere_on_the_stack(stack: Stack, tmp_path: Path) -> None:
    stack.unpause()
    landing, without = Landing(stack.home / "landing"), tmp_path / "without"
    land(landing.root, DAY, 1)
    land(without, DAY, 1)
    bad = f"{DAY}T10:00:01Z {USER} 192.0.2.300 /bad-ip"
    landing.requests(DAY, "user.log", [f"{DAY}T10:00:00Z {USER} 192.0.2.1 /mine.html", bad])
    stack.wait_for_run(stack.trigger(DAY))
    assert CopiedLake(stack, tmp_path / "before").rows("raw.requests", f"user_id = '{USER}'")
    assert search(stack, "scheduler", "/data/reports", [USER])
    begun = erase(stack)
    assert begun.returncode == 75 and f'{{"day": "{DAY}"}}' in begun.stdout, begun.stdout + begun.stderr
    stack.wait_for_run(stack.trigger(DAY))
    ended = erase(stack)
    assert ended.returncode == 0 and f"requests/dt={DAY}/user.log" in ended.stdout, ended.stdout + ended.stderr
    assert {place: search(stack, *place, [USER]) for place in PLACES} == {place: [] for place in PLACES}
    left = CopiedLake(stack, tmp_path / "after")
    for table in ("raw.requests", "raw.quarantine", "core.activity", "mart.user_daily", "mart.identities"):
        assert [row for row in left.rows(table) if USER.encode() in repr(row).encode()] == [], table
    equal_to_the_oracle(without, DAY, stack.report(DAY))
