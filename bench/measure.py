"""Wall and CPU seconds and peak memory of a command with all of its children."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Cost:
    """peak_bytes: the largest sum of the resident memory of all processes, sampled every 0.2 s."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def measure(command: Sequence[str], env: Mapping[str, str], log: str) -> Cost:
    """Run the command with its output in `log`; CalledProcessError where it fails."""
    started = time.monotonic()
    with open(log, "ab") as output:
        child = psutil.Popen(list(command), env=dict(env), stdout=output, stderr=subprocess.STDOUT)
    seconds, peak, done = {}, [0], threading.Event()

    def watch() -> None:
        while not done.is_set():
            resident = 0
            for process in _family(child):
                try:
                    times = process.cpu_times()
                    seconds[process.pid] = times.user + times.system
                    resident += process.memory_info().rss
                except psutil.Error:
                    continue  # it ended between the listing and the question
            peak[0] = max(peak[0], resident)
            done.wait(SAMPLE_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = child.wait()
    done.set()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, list(command))
    return Cost(time.monotonic() - started, sum(seconds.values()), peak[0])


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
