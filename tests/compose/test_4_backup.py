"""The back-up and the restore of docs/operations.md, by its own lines."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.compose.conftest import BACKFILL_DAYS, ScheduledRun
from tests.compose.lake import promises_hold
from tests.compose.stack import Stack

pytestmark = pytest.mark.docker


def documented(title: str, stack: Stack, backup: Path) -> str:
    """The shell lines of the document's block, on this stack's folders."""
    text = (PROJECT / "docs/operations.md").read_text()
    found = re.search(rf"```\n# {title}\n(.*?)```", text, re.DOTALL)
    assert found, f"docs/operations.md has no block `# {title}`"
    return found[1].replace("/srv/backup", str(backup)).replace("var/compose", str(stack.home / "compose"))


def run(lines: str, stack: Stack) -> None:
    done = subprocess.run(["sh", "-ec", lines], cwd=PROJECT, env=stack.environment, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def state(stack: Stack) -> tuple[object, ...]:
    """What must come back: the tables' snapshots as the catalog has them, every file of theirs with its bytes, the runs."""
    files = "find /data/lake/warehouse /data/reports -type f | sort | xargs sha256sum"
    runs = {run_id: run["state"] for run_id, run in stack.runs().items()}
    return stack.metadata_locations(), stack.execute("scheduler", "sh", "-c", files), runs


def test_what_was_backed_up_comes_back(stack: Stack, scheduled: ScheduledRun, tmp_path: Path) -> None:
    stack.execute("scheduler", "airflow", "dags", "pause", "--yes", "web_activity_daily")
    before = state(stack)
    run(documented("back up", stack, tmp_path / "backup"), stack)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").iterdir()} == {0}
    shutil.rmtree(stack.home / "compose/secrets")
    run(documented("restore", stack, tmp_path / "backup"), stack)
    stack.login()
    assert state(stack) == before
    promises_hold(stack, scheduled.day, tmp_path / "lake")


@pytest.mark.slow
def test_what_came_back_goes_on(stack: Stack, tmp_path: Path) -> None:
    stack.unpause()
    day = BACKFILL_DAYS[0]
    stack.wait_for_run(stack.trigger(day))
    promises_hold(stack, day, tmp_path / "lake")
