"""The cluster of `make cluster-start`, brought up by the project's own verbs on free ports."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

from include.settings import PROJECT
from tests.ports import lasting_ports
from tests.waiting import HANG_SECONDS, wait_for
from tools.cluster.daemons import recorded
from tools.cluster.ready import answer


class Cluster:
    """The verbs on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        first = lasting_ports(6)  # the workers' pages are on those after the master's page
        self.ports = {"MASTER_PORT": str(first), "HISTORY_PORT": str(first + 1), "MASTER_PAGE_PORT": str(first + 2)}
        self.master = f"spark://127.0.0.1:{self.ports['MASTER_PORT']}"

    def environment(self, **values: str) -> dict[str, str]:
        return clean_environment(MILLRACE_HOME=str(self.home), **self.ports, **values)

    def do(self, verb: str, **values: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tools.cluster", verb]
        return subprocess.run(command, cwd=PROJECT, env=self.environment(**values), capture_output=True, text=True, timeout=HANG_SECONDS)

    def page(self, path: str) -> Any:
        return answer(f"http://127.0.0.1:{self.ports['MASTER_PAGE_PORT']}{path}")

    def history(self, path: str) -> Any:
        with urlopen(f"http://127.0.0.1:{self.ports['HISTORY_PORT']}/api/v1/{path}", timeout=30) as response:
            return json.load(response)

    def processes(self) -> list[psutil.Process]:
        alive = [process for daemon in recorded(self.home / "cluster") if (process := daemon.process())]
        return [each for process in alive for each in (process, *process.children(recursive=True))]


@contextmanager
def running_cluster(home: Path, **sizes: str) -> Iterator[Cluster]:
    """Up while the block lasts; `sizes` are variables of make, such as WORKERS."""
    cluster = Cluster(home)
    started = cluster.do("start", **sizes)
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield cluster
    finally:
        cluster.do("stop")


def kill_daemon(cluster: Cluster, name: str) -> None:
    """kill -9; it has ended afterwards."""
    daemon = next(daemon for daemon in recorded(cluster.home / "cluster") if daemon.name == name)
    os.kill(daemon.pid, signal.SIGKILL)
    wait_for(lambda: daemon.process() is None)


def clean_environment(**values: str) -> dict[str, str]:
    """The test's environment without its own Airflow and Millrace variables, with `values`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "MILLRACE_"))}
    return kept | values
