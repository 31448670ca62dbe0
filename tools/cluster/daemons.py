"""Spark daemons that outlive the command that started them: one record a daemon, with its process id and when it began."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

GRACE_SECONDS = 15.0
TICK_SECONDS = 0.01
LOG_TAIL_LINES = 15


@dataclass(frozen=True)
class Daemon:
    """A started daemon.

    began: its process's start, which tells it from a later process of the same number, in seconds since the machine's: a moment would
    move when somebody sets the clock; ticks of 10 ms, so that two daemons may share it.
    started_ns: when it was started, by a clock that tells two starts apart.
    """

    name: str
    pid: int
    began: float
    started_ns: int
    page: str
    log: str

    def process(self) -> psutil.Process | None:
        """Its process, or None where that has ended."""
        try:
            process = psutil.Process(self.pid)
            is_it = abs(began(process) - self.began) < TICK_SECONDS / 2 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if is_it else None

    def last_lines(self) -> str:
        return "\n".join(f"  {line}" for line in Path(self.log).read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])


def began(process: psutil.Process) -> float:
    """Seconds from the start of the machine to that of the process."""
    return process.create_time() - psutil.boot_time()


def start_daemon(folder: Path, name: str, command: Sequence[str], env: Mapping[str, str], page: str) -> Daemon:
    """Start it in a session of its own, so that no Ctrl-C of a terminal reaches it, and record it in the folder."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    daemon = Daemon(name, process.pid, began(psutil.Process(process.pid)), time.monotonic_ns(), page, str(log))
    part = _record(folder, name).with_suffix(".part")
    part.write_text(json.dumps(vars(daemon)))
    os.replace(part, _record(folder, name))
    return daemon


def recorded(folder: Path) -> list[Daemon]:
    """What was started and not stopped, in the order of its start; some of it may have died."""
    daemons = [Daemon(**json.loads(path.read_text())) for path in folder.glob("*.pid.json")]
    return sorted(daemons, key=lambda daemon: daemon.started_ns)


def stop_daemons(folder: Path, daemons: Sequence[Daemon]) -> None:
    """Ask them to end, the last one first; kill what has not ended after the grace time, and what an ended one has left behind."""
    for daemon in reversed(daemons):
        process = daemon.process()
        if process is not None:
            _stop(process)
        _record(folder, daemon.name).unlink(missing_ok=True)


def _stop(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    psutil.wait_procs([process], GRACE_SECONDS)
    left = [member for member in family if member.is_running()]
    for member in left:
        member.kill()
    psutil.wait_procs(left, GRACE_SECONDS)


def _record(folder: Path, name: str) -> Path:
    return folder / f"{name}.pid.json"
