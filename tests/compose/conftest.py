"""One stack for all tests of this folder, from nothing and back to nothing."""

import subprocess
import sys
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def yesterday() -> date:
    """The day that the schedule asks for."""
    return datetime.now(UTC).date() - timedelta(days=1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, yesterday: date) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("stack")
    found = Stack(home)
    land(home / "landing", yesterday, 1)
    land(home / "landing", BACKFILL_DAYS[0], len(BACKFILL_DAYS))
    (home / "compose/secrets").mkdir(parents=True)
    # What a person would put there: credentials of buckets. The search for secrets looks for them too.
    credentials = "[default]\naws_access_key_id = AKIACANARYOFTHETESTS\naws_secret_access_key = a-canary-that-no-place-may-show\n"
    (home / "compose/secrets/aws_credentials").write_text(credentials)
    (home / "compose/settings.env").write_text("MILLRACE_RETRY_DELAY_SECONDS=5\n")
    try:
        up = found.make("up")
        assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
        assert "user admin, password in" in up.stdout
        found.login()
        wait_for("the DAG", lambda: found.call("GET", DAG)[0] == 200, 90)
        yield found
    finally:
        found.make("down", VOLUMES="1")
