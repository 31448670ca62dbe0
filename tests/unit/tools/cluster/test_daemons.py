"""Daemons are found again by their records, and end with all that they started."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from tools.cluster.daemons import Daemon, recorded, start_daemon, stop_daemons
from tools.services import is_running

# Starts a child, says so, and ignores the wish to end if told to.
PROGRAM = """
import signal, subprocess, sys, time
if "stubborn" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("started", flush=True)
time.sleep(600)
"""


def started(folder: Path, name: str, *arguments: str) -> tuple[Daemon, list[psutil.Process]]:
    daemon = start_daemon(folder, name, [sys.executable, "-c", PROGRAM, *arguments], os.environ, "http://127.0.0.1:1")
    while "started" not in Path(daemon.log).read_text():
        time.sleep(0.05)
    process = daemon.process()
    assert process is not None
    return daemon, [process, *process.children(recursive=True)]


def test_another_command_finds_the_daemons_in_the_order_of_their_start(tmp_path: Path) -> None:
    # Without a pause, so that some of them begin in the same tick of the kernel's clock.
    daemons = [start_daemon(tmp_path, name, ["sleep", "600"], os.environ, "http://127.0.0.1:1") for name in "fedcba"]
    try:
        assert recorded(tmp_path) == daemons
    finally:
        stop_daemons(tmp_path, recorded(tmp_path))
    assert recorded(tmp_path) == []


def test_what_a_daemon_started_ends_with_it(tmp_path: Path) -> None:
    _, family = started(tmp_path, "a")
    assert len(family) == 2
    stop_daemons(tmp_path, recorded(tmp_path))
    assert [process for process in family if is_running(process)] == []


def test_a_daemon_that_does_not_end_is_killed(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("tools.cluster.daemons.GRACE_SECONDS", 0.5)
    _, family = started(tmp_path, "a", "stubborn")
    stop_daemons(tmp_path, recorded(tmp_path))
    assert [process for process in family if is_running(process)] == []


def test_a_later_process_of_the_same_number_is_left_alone(tmp_path: Path) -> None:
    daemon, family = started(tmp_path, "a")
    record = tmp_path / "a.pid.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"began": daemon.began - 1}))
    assert recorded(tmp_path)[0].process() is None
    stop_daemons(tmp_path, recorded(tmp_path))
    assert all(is_running(process) for process in family)
    for process in family:
        process.send_signal(signal.SIGKILL)


def test_a_clock_that_is_set_loses_no_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel counts a process's start from its own; that moment moves with the clock."""
    _, family = started(tmp_path, "a")
    linux = pytest.importorskip("psutil._pslinux", reason="elsewhere psutil asks the system in another way")
    told = linux.boot_time()
    monkeypatch.setattr(linux, "boot_time", lambda: told + 3600.0)
    assert psutil.Process(family[0].pid).create_time() > time.time() + 1800
    stop_daemons(tmp_path, recorded(tmp_path))
    assert [process for process in family if is_running(process)] == []
