"""What a large day costs, stage by stage, beside DuckDB doing the same ingest and aggregates.

`make bench LINES_MILLIONS=5`: generates a day of so many request lines, submits every task of the DAG as Airflow would, and prints wall and
CPU seconds, peak memory of all processes, and bytes written. CPU seconds and ratios bear comparison; wall seconds depend on the machine.
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
from include.operators import StageOperator, branch_name
from include.settings import PROJECT, Machine, Settings
from tools.airflow_env import airflow_env
from tools.dag_run import load_dag
from tools.submit import submit_command

DAY = "2026-11-01"
MIB = 1024 * 1024


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--millions", type=float, default=float(os.environ.get("LINES_MILLIONS") or 5), help="million request lines")
    parser.add_argument("--keep", type=Path, help="folder to work in and to keep; default: a temporary one")
    args = parser.parse_args(argv)
    home = args.keep or Path(tempfile.mkdtemp(prefix="millrace-bench-"))
    os.environ["MILLRACE_HOME"] = str(home)
    try:
        run(home, int(args.millions * 1_000_000))
    finally:
        if args.keep is None:
            shutil.rmtree(home)
    return 0


def run(home: Path, lines: int) -> None:
    settings = Settings(home=home)
    env, log = airflow_env(settings, Machine.read()), str(home / "bench.log")
    landing = home / "landing"
    if not landing.exists():
        generate = ["--landing", str(landing), "--day", DAY, "--requests", str(lines), "--users", str(max(200, lines // 50))]
        subprocess.run([sys.executable, "-m", "tools.sample_data", *generate], check=True, cwd=PROJECT, env=env)
    print(f"\n{'task':28}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}{'written MiB':>13}", flush=True)
    total, branches = Cost(0, 0, 0), {}
    for task in load_dag("web_activity_daily").topological_sort():
        if not hasattr(task, "application"):
            continue
        extra = []
        if isinstance(task, StageOperator):
            branches[task.task_id] = branch_name(task.task_id, "bench", 1)
            extra = ["--branch", branches[task.task_id]]
        before = written_bytes(home)
        cost = measure([*submit_command(task, DAY, "bench", branches), *extra], env, log)
        tell(task.task_id, cost, written_bytes(home) - before)
        total = Cost(total.wall_seconds + cost.wall_seconds, total.cpu_seconds + cost.cpu_seconds, max(total.peak_bytes, cost.peak_bytes))
    tell("all", total, written_bytes(home))
    duckdb = measure([sys.executable, "-m", "bench.duckdb_day", str(landing), DAY], env, log)
    tell("DuckDB, no gates", duckdb, 0)
    print(f"CPU, chain to DuckDB: {total.cpu_seconds / duckdb.cpu_seconds:.1f}   log: {log}")


def tell(name: str, cost: Cost, written: int) -> None:
    columns = f"{cost.wall_seconds:9.1f}{cost.cpu_seconds:9.1f}{cost.peak_bytes / MIB:10.0f}{written / MIB:13.1f}"
    print(f"{name:28}{columns}", flush=True)


def written_bytes(home: Path) -> int:
    folders = (home / name for name in ("warehouse", "work", "reports"))
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
