"""The disk is full: loud, nothing unaudited on main, and all is well once there is room."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import psutil
import pytest

from tests.faults.days import land
from tests.faults.process import DayProcess, failpoint, run_plainly
from tests.faults.promises import no_unaudited_row, published
from tests.faults.reader import Reader
from tests.landing import Landing
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.covered,  # by test_surroundings.py, which has the words, and test_crashes.py, which has exceptions at these places
    pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk"),
]
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


# A run ends while it stages; then, once the tables of ingest are out, while it writes manifests, the levels of identities, which are its
# checkpoints, and reports.
TOO_SMALL_TO_STAGE = ("warehouse", "128k")
TOO_SMALL_FOR_MANIFESTS, TOO_SMALL_FOR_LEVELS, TOO_SMALL_FOR_REPORTS = ("work", "12k"), ("work/identities", "8k"), ("reports", "8k")
ROOM = "64m"


@pytest.mark.fault(
    fault="disk full",
    where="staging, publishing, manifests, checkpoints, reports",
    promised="loud; main unaudited never; works once there is room",
)
def test_a_full_disk(mount: Mount, tmp_path: Path) -> None:
    land(Landing(tmp_path / "landing"), DAY)
    reader = Reader(tmp_path)
    ends_for_want_of_room(mount, tmp_path, *TOO_SMALL_TO_STAGE)
    assert not any(published(reader, DAY).values())
    ends_for_want_of_room_to_publish(mount, tmp_path, reader)
    before = published(reader, DAY)
    ends_for_want_of_room(mount, tmp_path, *TOO_SMALL_FOR_MANIFESTS)
    assert published(reader, DAY) == before
    ends_for_want_of_room(mount, tmp_path, *TOO_SMALL_FOR_LEVELS)
    assert published(reader, DAY)["mart.user_daily"] and not published(reader, DAY)["mart.identities"]
    ends_for_want_of_room(mount, tmp_path, *TOO_SMALL_FOR_REPORTS)
    assert published(reader, DAY)["mart.identities"] and not list((tmp_path / "reports").glob("dt=*"))
    no_unaudited_row(reader, DAY)
    run_plainly(tmp_path, DAY)


def ends_for_want_of_room(mount: Mount, home: Path, folder: str, size: str) -> None:
    mount(home / folder, size)
    ended_for_want_of_room(DayProcess(home, DAY))
    mount(home / folder, ROOM)


def ends_for_want_of_room_to_publish(mount: Mount, home: Path, reader: Reader) -> None:
    """The disk of the tables is full from the moment on when the gate of enrich is about to publish."""
    run = DayProcess(home, DAY, **failpoint("before_publish:stop:1"))
    try:
        wait_for(lambda: psutil.Process(run.process.pid).status() == psutil.STATUS_STOPPED, run.log, of=run.process)
        before = published(reader, DAY)
        mount(home / "warehouse", used(home / "warehouse"))
        os.kill(run.process.pid, signal.SIGCONT)
        ended_for_want_of_room(run)
    finally:
        run.kill_group()
    assert published(reader, DAY) == before and before["raw.requests"] and not before["core.activity"]
    no_unaudited_row(reader, DAY)
    mount(home / "warehouse", ROOM)


def ended_for_want_of_room(run: DayProcess) -> None:
    assert run.wait() == 75, f"there was room enough, or: {run.told()}"
    assert "TryAgain: the disk is full: make room" in run.told(), run.told()


def used(folder: Path) -> str:
    """The bytes that a disk holds: a disk of so many is full."""
    disk = os.statvfs(folder)
    return str((disk.f_blocks - disk.f_bfree) * disk.f_frsize)
