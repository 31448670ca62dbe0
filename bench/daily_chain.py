"""What a large day costs, stage by stage, beside DuckDB doing the same ingest and aggregates.

`make bench LINES_MILLIONS=5`: generates a day of so many request lines, submits every task of the DAG as Airflow would, and prints wall
and CPU seconds, peak memory of all processes, bytes written and bytes spilled. Then ingest runs again after as many lines have landed
a day later, which it searches for the day's late ones. CPU seconds and ratios bear comparison; wall seconds depend on the machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Cost, measure
from include.operators import JobOperator, StageOperator, branch_name
from include.settings import PROJECT, Machine, Settings
from tools.airflow_env import airflow_env
from tools.dag_run import load_dag
from tools.spark_events import applications
from tools.submit import submit_command

DAY, DAY_AFTER = "2026-11-01", "2026-11-02"
MIB = 1024 * 1024


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--millions", type=float, default=float(os.environ.get("LINES_MILLIONS") or 5), help="million request lines")
    parser.add_argument("--keep", type=Path, help="folder to work in and to keep; default: a temporary one")
    args = parser.parse_args(argv)
    home = args.keep or Path(tempfile.mkdtemp(prefix="millrace-bench-"))
    (home / "events").mkdir(parents=True, exist_ok=True)
    os.environ |= {"MILLRACE_HOME": str(home), "MILLRACE_EVENT_LOG_URI": (home / "events").as_uri()}
    try:
        run(home, int(args.millions * 1_000_000))
    finally:
        if args.keep is None:
            shutil.rmtree(home)
    return 0


def run(home: Path, lines: int) -> None:
    env, log = airflow_env(Settings(home=home), Machine.read()), str(home / "bench.log")
    if not (home / "landing").exists():
        land(home, env, DAY, lines)
    print(f"\n{'task':28}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}{'written MiB':>13}{'spilled MiB':>13}", flush=True)
    tasks = [task for task in load_dag("web_activity_daily").topological_sort() if isinstance(task, JobOperator)]
    branches: dict[str, str] = {}
    costs = {}
    for task in tasks:
        costs[task.task_id] = submit(home, task, branches, env, log)
    total = Cost(
        sum(cost.wall_seconds for cost in costs.values()),
        sum(cost.cpu_seconds for cost in costs.values()),
        max(cost.peak_bytes for cost in costs.values()),
    )
    tell("all", total, written_bytes(home), spilled_bytes(home))
    duckdb = measure([sys.executable, "-m", "bench.duckdb_day", str(home / "landing"), DAY], env, log)
    tell("DuckDB, no gates", duckdb, 0, 0)
    land(home, env, DAY_AFTER, lines)
    again = submit(home, tasks[0], branches, env, log)
    extra = again.cpu_seconds / costs[tasks[0].task_id].cpu_seconds - 1
    print(f"CPU, chain to DuckDB: {total.cpu_seconds / duckdb.cpu_seconds:.1f}   log: {log}")
    print(f"CPU of ingest: a later landing of as many lines adds {extra:.0%} of the day's own")


def land(home: Path, env: dict[str, str], day: str, lines: int) -> None:
    size = ["--requests", str(lines), "--users", str(max(200, lines // 50))]
    command = [sys.executable, "-m", "tools.sample_data", "--landing", str(home / "landing"), "--day", day, *size]
    subprocess.run(command, check=True, cwd=PROJECT, env=env)


def submit(home: Path, task: JobOperator, branches: dict[str, str], env: dict[str, str], log: str) -> Cost:
    """Submit a task and tell its cost; a stage's branch is kept in `branches`."""
    extra = []
    if isinstance(task, StageOperator):
        branches[task.task_id] = branch_name(task.task_id, "bench", 1)
        extra = ["--branch", branches[task.task_id]]
    written, spilled = written_bytes(home), spilled_bytes(home)
    cost = measure([*submit_command(task, DAY, "bench", branches), *extra], env, log)
    tell(task.task_id, cost, written_bytes(home) - written, spilled_bytes(home) - spilled)
    return cost


def tell(name: str, cost: Cost, written: int, spilled: int) -> None:
    columns = f"{cost.wall_seconds:9.1f}{cost.cpu_seconds:9.1f}{cost.peak_bytes / MIB:10.0f}{written / MIB:13.1f}{spilled / MIB:13.1f}"
    print(f"{name:28}{columns}", flush=True)


def spilled_bytes(home: Path) -> int:
    """What all tasks have spilled to disk so far, by Spark's own count."""
    ended = [event for _, events in applications(home / "events") for event in events]
    return sum(event["Task Metrics"]["Disk Bytes Spilled"] for event in ended if "Task Metrics" in event)


def written_bytes(home: Path) -> int:
    folders = (home / name for name in ("warehouse", "work", "reports"))
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
