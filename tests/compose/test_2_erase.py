"""A user is erased from the stack by the lines of docs/operations.md: the name goes by the environment, the days run in Airflow."""

import subprocess
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from include.settings import PROJECT
from spark_jobs.gate.schema import BY_NAME
from tests.compose.conftest import land
from tests.compose.lake import CopiedLake
from tests.compose.stack import Stack
from tests.faults.promises import equal_to_the_oracle
from tests.integration.traces import files_with
from tests.landing import Landing

pytestmark = [pytest.mark.docker, pytest.mark.slow]
USER, DAY, OTHER_DAY = "erika.gone-47@stack", date(2026, 8, 3), date(2026, 7, 20)
# Beside the lake, what runs write.
PLACES = (
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
    for root, day in product((landing.root, without), (DAY, OTHER_DAY)):
        land(root, day, 1)
    bad = f"{DAY}T10:00:01Z {USER} 192.0.2.300 /bad-ip"
    landing.requests(DAY, "user.log", [f"{DAY}T10:00:00Z {USER} 192.0.2.1 /mine.html", bad])
    for day in (DAY, OTHER_DAY):
        stack.wait_for_run(stack.trigger(day))
    for service, log in (("scheduler", "/data/logs/a.log"), ("spark-worker", "/data/scratch/applications/app-1/0/stderr")):
        stack.execute(service, "sh", "-c", f"mkdir -p $(dirname {log}) && echo 'failed for {USER}' > {log}")
    before = copied(stack, tmp_path / "before")
    found = files_with([tmp_path / "before"], USER)
    assert {Path(path).relative_to(tmp_path / "before").parts[0] for path in found} >= {"data", "reports", "logs", "scratch"}
    begun = erase(stack)
    assert begun.returncode == 75 and f'{{"day": "{DAY}"}}' in begun.stdout, begun.stdout + begun.stderr
    stack.wait_for_run(stack.trigger(DAY))
    ended = erase(stack)
    assert ended.returncode == 0 and f"requests/dt={DAY}/user.log" in ended.stdout, ended.stdout + ended.stderr
    after = copied(stack, tmp_path / "after")
    assert files_with([tmp_path / "after"], USER) == []
    equal_to_the_oracle(without, DAY, stack.report(DAY))
    equal_to_the_oracle(without, OTHER_DAY, stack.report(OTHER_DAY))
    others = f"landing_day = DATE '{OTHER_DAY}'"
    assert sorted(map(repr, after.rows("raw.requests", others))) == sorted(map(repr, before.rows("raw.requests", others))) != []
    assert {table: len(after.history(table)) for table in BY_NAME} == dict.fromkeys(BY_NAME, 1)


def copied(stack: Stack, folder: Path) -> CopiedLake:
    """All volumes that runs write."""
    lake = CopiedLake(stack, folder)
    for service, place in PLACES:
        stack.compose("cp", f"{service}:{place}", str(folder))
    return lake
