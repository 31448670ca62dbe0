"""The audit's counters on a standalone cluster: exact though an executor is killed in the middle and a task runs speculatively."""

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psutil
import pytest

from include.settings import PROJECT, Machine, Settings
from tests.integration.cluster import Cluster, running_cluster
from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.file_types import file_type
from tests.waiting import HANG_SECONDS, wait_for
from tools import services
from tools.cluster.__main__ import environment
from tools.cluster.plan import properties_file
from tools.environment.layout import Layout
from tools.spark_command import submit_environment, submit_options

pytestmark = [pytest.mark.chain, pytest.mark.slow]
DAY, FILES = date(2026, 11, 1), 12
ACTIONS = ["/a.html", "/b.jpg?x", "/c.CSS", "/d", "/evil/e.html"]


@pytest.mark.fault(fault="executor killed", where="audit_raw_logs", promised="counters exact")
def test_counters_are_exact_though_an_executor_is_killed_and_a_task_runs_twice(tmp_path: Path) -> None:
    landing, told = Landing(tmp_path / "landing"), tmp_path / "told"
    told.mkdir()
    for number in range(FILES):
        lines = [f"{DAY}T10:00Z u{n % 9} 192.0.2.{number} {ACTIONS[n % len(ACTIONS)]}" for n in range(40 + number)]
        landing.requests(DAY, f"{number:02}.log", [*lines, b"\xff", "no request"])
    landing.blocklist(["evil"])
    landing.complete(DAY)
    with running_cluster(tmp_path, WORKERS="1") as cluster, worker_on_another_host(cluster) as worker:
        settings, machine = Settings(home=tmp_path, master=cluster.master, executor_memory="512m", driver_memory="1g"), Machine.read()
        job = [str(PROJECT / "tests/integration/audit_counters.py"), f"file://{landing.root}", str(DAY), str(told)]
        run = subprocess.Popen(
            ["spark-submit", *submit_options(settings, machine), *job],
            cwd=PROJECT, env=submit_environment(settings, machine), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            killed = kill_an_executor(told, run, cluster, worker)
            output, _ = run.communicate(timeout=HANG_SECONDS)
        finally:
            run.kill()
    assert run.returncode == 0, output[-3000:]
    result = json.loads((told / "result.json").read_text())
    wanted = expected(landing.root)
    assert result["counters"] == result["again"] == wanted
    tries = Counter(path.name.partition("-")[0] for path in told.glob("*-*"))
    # Partition 0 was done by a speculative copy, since its first try hangs, and what ran in the killed executor was done anew.
    assert set(tries) == {str(n) for n in range(result["partitions"])}
    assert tries["0"] >= 2
    lost = {path.name.partition("-")[0] for path in told.glob("*-*") if killed in json.loads(path.read_text())}
    assert any(tries[partition] >= 2 for partition in lost - {"0"}), (tries, lost)
    (storage,) = result["storage"]
    assert "2x Replicated" in storage["storageLevel"] and storage["numCachedPartitions"] == result["partitions"]
    assert result["copies"] == [2] * result["partitions"]
    assert result["left"] == []


@contextmanager
def worker_on_another_host(cluster: Cluster) -> Iterator[psutil.Process]:
    """One more worker, at a second loopback address: Spark starts a speculative copy on another host only."""
    folder = cluster.home / "cluster"
    options = ["--host", "127.0.0.2", "--webui-port", "0", "--cores", "1", "--memory", "2g", "--work-dir", str(folder / "another-host")]
    command = ["org.apache.spark.deploy.worker.Worker", *options, "--properties-file", str(properties_file(folder)), cluster.master]
    worker = services.start("another-host", [str(Layout(PROJECT).venv / "bin/spark-class"), *command], environment(), folder)
    try:
        wait_for(lambda: cluster.page("/json/").get("aliveworkers") == 2)
        yield psutil.Process(worker.process.pid)
    finally:
        services.stop(worker)


def kill_an_executor(told: Path, run: subprocess.Popen[str], cluster: Cluster, worker: psutil.Process) -> int:
    """kill -9 an executor in the middle of the pass, not the one in which partition 0 hangs; its process id."""
    while run.poll() is None:
        started = {path: json.loads(text) for path in told.glob("*-*") if (text := path.read_text())}
        hanging = {process for path, processes in started.items() if path.name == "0-0" for process in processes}
        if hanging and len(started) >= 4:
            newest = max(started, key=lambda path: path.stat().st_mtime)
            for executor in executors([*cluster.processes(), *worker.children(recursive=True)]):
                if executor.pid not in hanging and executor.pid in started[newest]:
                    executor.send_signal(signal.SIGKILL)
                    return executor.pid
        time.sleep(0.05)
    raise AssertionError(f"the run ended before an executor could be killed: {run.communicate()[0][-3000:]}")


def executors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of the processes that are executors; one may end meanwhile."""
    found = []
    for process in processes:
        try:
            if any("CoarseGrainedExecutorBackend" in part for part in process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def expected(landing: Path) -> dict[str, int]:
    """By the oracle, which reads files and knows nothing of Spark."""
    wanted = oracle.compute(landing, DAY)
    counts = Counter(dict.fromkeys(("jpg", "html", "css", "other", "blocked"), 0))
    for action in wanted.requests.column("action").to_pylist():
        found = file_type(action)
        counts["blocked" if "evil" in action else found if found in ("jpg", "html", "css") else "other"] += 1
    return {**counts, "malformed": wanted.counts["requests"].quarantined}
