"""Long-running child processes: each leads a process group of its own, and none of them or of their children outlives `stop`."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from include.settings import PROJECT

GRACE_SECONDS = 10.0
LOG_TAIL_LINES = 15


@dataclass(frozen=True)
class Service:
    """A running child and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class ServiceDied(Exception):
    """A service ended by itself; the message holds its exit code, its log's last lines and where the log is."""

    def __init__(self, service: Service) -> None:
        lines = service.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        shown = "\n".join(f"  {line}" for line in lines)
        super().__init__(f"{service.name} ended with exit code {service.process.returncode}:\n{shown}\nlog: {service.log}")


def start(name: str, command: Sequence[str], env: Mapping[str, str], log_folder: Path) -> Service:
    """Start a child in a session of its own: a Ctrl-C in the terminal reaches us alone, and we end it in order."""
    log_folder.mkdir(parents=True, exist_ok=True)
    log = log_folder / f"{name}.log"
    # Only for the owner's eyes: the api-server prints the password that it generates.
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Service(name, process, log)


def check_alive(services: Sequence[Service]) -> None:
    """Raise ServiceDied for the first service that has ended."""
    for service in services:
        if service.process.poll() is not None:
            raise ServiceDied(service)


def stop(service: Service, grace_seconds: float = GRACE_SECONDS) -> None:
    """Ask the service to end; kill what is left of it and of its descendants after the grace time.

    Descendants are followed by their parents and not only by their group: tasks and their Spark drivers lead groups of their own.
    """
    family = _family(service.process.pid)
    _signal_group(service.process.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while service.process.poll() is None and time.monotonic() < deadline:
        family |= _family(service.process.pid)
        time.sleep(0.1)
    _signal_group(service.process.pid, signal.SIGKILL)
    for process in family:
        _kill(process)
    service.process.wait()
    while any(is_running(process) for process in family):
        time.sleep(0.05)


def kill_children() -> None:
    """Kill what this process started and has not listed: a signal may arrive in the middle of `start`. Returns when they are gone."""
    own, family = psutil.Process().children(), _family(os.getpid())
    for process in family:
        _kill(process)
    psutil.wait_procs(own, GRACE_SECONDS)  # a process whose first thread has ended is a zombie, although its others may still hold locks
    while any(is_running(process) for process in family):
        time.sleep(0.05)


def is_running(process: psutil.Process) -> bool:
    """Whether the process still does anything; one that nobody has reaped does not (a container's init may never do it)."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _family(pid: int) -> set[psutil.Process]:
    try:
        return set(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return set()


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _kill(process: psutil.Process) -> None:
    # psutil compares start times, so that a process which took over the number is left alone.
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
