"""What the containers cost: `python -m bench.stack` (a Docker engine is needed; nothing may be up).

Prints the image's size, the seconds of a cold build, of a build after a change of code, and of `make up` until all is healthy, each
service's idle memory as PSS (shared pages count once, divided among those who share them), and the seconds of the sample day here and in
`make run`, from the start of Airflow's run to its end.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from include.settings import PROJECT
from tools.stack.compose import compose

MIB = 1024 * 1024
SETTLE_SECONDS = 60
DAG_ID, DAY = "web_activity_daily", "2026-11-01"
RUN_TIMEOUT_SECONDS = 1800


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as home:
        os.environ |= {
            "COMPOSE_PROJECT_NAME": "millrace-bench",
            "COMPOSE_ENV_FILES": f"{home}/stack.env",
            "MILLRACE_HOME": home,
            "MILLRACE_VERSION": "bench",
        }
        Path(home, "stack.env").touch()  # Compose refuses to do anything without a file that it was told of
        try:
            measure()
            measure_day(Path(home))
        finally:
            stack("down", VOLUMES="1")
    return 0


def measure() -> None:
    tell("build, nothing cached", build("--no-cache"), "s")
    probe = PROJECT / "include/bench_probe.py"
    probe.write_text(f'"""Written at {time.time()}."""\n')
    try:
        tell("build after a change of code", build(), "s")
    finally:
        probe.unlink()
    tell("image", int(output("docker", "image", "inspect", "--format", "{{.Size}}", "millrace:bench")) / MIB, "MiB")
    started = time.monotonic()
    stack("up")
    tell("up until healthy", time.monotonic() - started, "s")
    time.sleep(SETTLE_SECONDS)
    total = 0.0
    for line in compose("ps", "--format", "{{.Name}} {{.ID}}").stdout.splitlines():
        name, identifier = line.split()
        mebibytes = sum(pss_bytes(int(pid)) for pid in processes(identifier)) / MIB
        tell(f"idle memory of {name}", mebibytes, "MiB")
        total += mebibytes
    tell("idle memory, all", total, "MiB")


def measure_day(home: Path) -> None:
    """The same landing on the cluster, then, with the stack down, in an embedded run."""
    subprocess.run([sys.executable, "-m", "tools.sample_data", "--landing", str(home / "landing"), "--day", DAY], cwd=PROJECT, check=True)
    airflow("dags", "unpause", "--yes", DAG_ID)
    airflow("backfill", "create", "--dag-id", DAG_ID, "--from-date", DAY, "--to-date", DAY)
    tell("sample day on the cluster", seconds_on_cluster(), "s")
    stack("down")
    embedded = home / "embedded"
    shutil.copytree(home / "landing", embedded / "landing")
    env = os.environ | {"MILLRACE_HOME": str(embedded), "DAY": DAY}
    subprocess.run([sys.executable, "-m", "tools.run"], cwd=PROJECT, env=env, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(embedded / "airflow/airflow.db")) as database:
        query = "SELECT (julianday(end_date) - julianday(start_date)) * 86400 FROM dag_run"
        ((seconds,),) = database.execute(query).fetchall()
    tell("sample day embedded", seconds, "s")


def seconds_on_cluster() -> float:
    query = "SELECT state, extract(epoch FROM end_date - start_date) FROM dag_run WHERE run_type = 'backfill'"
    deadline = time.monotonic() + RUN_TIMEOUT_SECONDS
    while True:
        told = compose("exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "airflow", "-tAc", query).stdout
        state, _, seconds = told.strip().partition("|")
        if state == "success":
            return float(seconds)
        if state == "failed" or time.monotonic() > deadline:
            raise SystemExit(f"the sample day is {state}: make logs SERVICE=scheduler")
        time.sleep(5)


def airflow(*command: str) -> None:
    compose("exec", "-T", "scheduler", "airflow", *command)


def build(*options: str) -> float:
    started = time.monotonic()
    compose("build", *options, "volumes")
    return time.monotonic() - started


def stack(command: str, **variables: str) -> None:
    subprocess.run([sys.executable, "-m", "tools.stack", command], cwd=PROJECT, env=os.environ | variables, check=True)


def processes(container: str) -> list[str]:
    return output("docker", "top", container, "-eo", "pid").split()[1:]


def pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except FileNotFoundError:  # a healthcheck's process has ended meanwhile
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tell(what: str, amount: float, unit: str) -> None:
    print(f"{what:44}{amount:10.1f} {unit}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
