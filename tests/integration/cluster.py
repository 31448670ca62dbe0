"""A standalone Spark cluster on loopback, from the installed pyspark."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from include.settings import PROJECT, Machine
from tools.environment.command import spark_environment
from tools.environment.layout import Layout

START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def standalone_cluster(folder: Path, cores: int = 2, memory: str = "2g", hosts: Sequence[str] = ("127.0.0.1",)) -> Iterator[str]:
    """A master, and a worker on each of the loopback addresses; yields the master's URL. All end with the block."""
    port, page = free_port(), free_port()
    master = f"spark://127.0.0.1:{port}"
    java_home = Machine.read().java_home
    assert java_home is not None
    env = spark_environment(Layout(PROJECT), Path(java_home)) | {
        "SPARK_DAEMON_MEMORY": "256m",
        # The REST server takes code from anybody who reaches it.
        "SPARK_DAEMON_JAVA_OPTS": "-Dspark.master.rest.enabled=false",
    }
    spark_class = str(Path(sys.executable).parent / "spark-class")
    commands = [
        ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)],
        *(["org.apache.spark.deploy.worker.Worker", "--host", host, "--webui-port", str(free_port()), "--cores", str(cores),
           "--memory", memory, "--work-dir", str(folder / f"worker-{host}"), master] for host in hosts),
    ]  # fmt: skip
    started = []
    try:
        for command in commands:
            with (folder / f"{command[0].rpartition('.')[2]}-{command[2]}.log").open("wb") as log:
                started.append(subprocess.Popen([spark_class, *command], env=env, stdout=log, stderr=subprocess.STDOUT, cwd=folder))
        _wait_for_workers(page, len(hosts))
        yield master
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


def _wait_for_workers(page: int, count: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == count:
                    return
        except OSError:
            pass  # not up yet
        time.sleep(0.5)
    raise TimeoutError(f"not all workers joined the master within {START_SECONDS} s; see the logs beside the worker's folder")


def clean_environment(**values: str) -> dict[str, str]:
    """The test's environment without its own Airflow and Millrace variables, with `values`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "MILLRACE_"))}
    return kept | values
