"""One stack for all tests of this folder, from nothing and back to nothing."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.compose.stack import DAG, Stack, wait_for

BACKFILL_DAYS = [date(2026, 11, 1) + timedelta(days=n) for n in range(5)]


def land(landing: Path, first: date, days: int) -> None:
    options = ["--requests", "1000", "--users", "200", "--days", str(days)]
    command = [sys.executable, "-m", "tools.sample_data", "--landing", str(landing), "--day", str(first), *options]
    subprocess.run(command, check=True, cwd=PROJECT, capture_output=True)


@dataclass(frozen=True)
class ScheduledRun:
    """The first run of the schedule, and its day."""

    run_id: str
    day: date


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("stack")
    found = Stack(home)
    # The schedule asks for yesterday, and for today where midnight comes before it is asked.
    land(home / "landing", datetime.now(UTC).date() - timedelta(days=1), 2)
    land(home / "landing", BACKFILL_DAYS[0], len(BACKFILL_DAYS))
    (home / "compose/secrets").mkdir(parents=True)
    # What a person would put there: credentials of buckets. The search for secrets looks for them too.
    credentials = "[default]\naws_access_key_id = AKIACANARYOFTHETESTS\naws_secret_access_key = a-canary-that-no-place-may-show\n"
    (home / "compose/secrets/aws_credentials").write_text(credentials)
    (home / "compose/settings.env").write_text("MILLRACE_RETRY_DELAY_SECONDS=5\n")
    try:
        remove(found)  # what a session has left that was killed: its database knows other passwords
        up = found.make("up")
        assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
        assert "user admin, password in" in up.stdout
        found.login()
        wait_for("the DAG", lambda: found.call("GET", DAG)[0] == 200, 600)
        yield found
    finally:
        remove(found)


def remove(stack: Stack) -> None:
    stack.environment_file.touch()  # Compose refuses to do anything without a file that it was told of
    down = stack.make("down", VOLUMES="1")
    assert down.returncode == 0, f"{down.stdout}\n{down.stderr}"


@pytest.fixture(scope="session")
def scheduled(stack: Stack) -> ScheduledRun:
    """When it has gone through."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    stack.unpause()
    wait_for("a scheduled run", lambda: bool(scheduled_runs(stack)), 600)
    day, run_id = min(scheduled_runs(stack))
    assert yesterday <= day < datetime.now(UTC).date()
    stack.wait_for_run(run_id)
    return ScheduledRun(run_id, day)


def scheduled_runs(stack: Stack) -> list[tuple[date, str]]:
    """Their days and names."""
    runs = [run for run in stack.runs().values() if run["run_type"] == "scheduled"]
    return [(date.fromisoformat(run["data_interval_start"][:10]), run["dag_run_id"]) for run in runs]
