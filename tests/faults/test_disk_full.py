"""The disk is full: loud, nothing unaudited on main, and all is well once there is room."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from tests.faults.days import land
from tests.faults.process import DayProcess, run_plainly
from tests.landing import Landing

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")]
DAY = date(2026, 11, 1)
Mount = Callable[[Path, str], None]


@pytest.fixture
def mount() -> Iterator[Mount]:
    """Puts a disk of so many bytes (`64k`) at a folder; again: gives it another size."""
    with ExitStack() as mounted:

        def put(folder: Path, size: str) -> None:
            is_there = folder.is_mount()
            folder.mkdir(parents=True, exist_ok=True)
            options = f"remount,size={size}" if is_there else f"size={size}"
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True)
            if done.returncode and not is_there:
                pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
            assert done.returncode == 0, done.stderr
            if not is_there:
                mounted.callback(subprocess.run, ["umount", str(folder)], check=True)

        yield put


# A first run ends while it stages, then later, then while it writes manifests, levels of identities and reports.
DISKS = [("warehouse", "128k"), ("warehouse", "640k"), ("work", "12k"), ("work", "60k"), ("reports", "8k")]


@pytest.mark.fault(
    fault="disk full", where="tables, work, reports in turn", promised="loud; main unaudited never; works once there is room"
)
def test_a_full_disk(mount: Mount, tmp_path: Path) -> None:
    land(Landing(tmp_path / "landing"), DAY)
    for folder, size in DISKS:
        mount(tmp_path / folder, size)
        run = DayProcess(tmp_path, DAY)
        assert run.wait() == 75, f"{size} were enough, or: {run.told()}"
        assert "TryAgain: the disk is full: make room" in run.told(), run.told()
        mount(tmp_path / folder, "64m")
    run_plainly(tmp_path, DAY)
