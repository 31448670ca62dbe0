"""A stack of its own for the tests: started by the same command as `make up`, with other names, ports and folders."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from include.settings import PROJECT
from tests.ports import lasting_ports

DAG_ID = "web_activity_daily"
DAG = f"/api/v2/dags/{DAG_ID}"
RUN_TIMEOUT_SECONDS = 1800


class Stack:
    """The running stack of one test session. home: its MILLRACE_HOME on the host."""

    def __init__(self, home: Path) -> None:
        self.home, self.environment_file = home, home / "stack.env"
        names = ("AIRFLOW_PORT", "SPARK_MASTER_PORT", "HISTORY_PORT")
        self.ports = {name: str(port) for port, name in enumerate(names, lasting_ports(len(names)))}
        self.environment = os.environ | self.ports | {
            "COMPOSE_PROJECT_NAME": "millrace-tests",
            "COMPOSE_ENV_FILES": str(self.environment_file),
            "MILLRACE_HOME": str(home),
            "MILLRACE_VERSION": "tests",
        }  # fmt: skip
        self.token = ""
        self.process_lists: list[str] = []  # one for every look at a run that was going on

    def make(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """What `make <command>` runs."""
        return subprocess.run(
            [sys.executable, "-m", "tools.stack", command],
            cwd=PROJECT, env=self.environment | variables, capture_output=True, text=True, timeout=1800,
        )  # fmt: skip

    def compose(self, *arguments: str, check: bool = True) -> str:
        command = ["docker", "compose", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=600)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        return self.compose("exec", "-T", service, *command, check=check)

    def gateway(self) -> str:
        """The host's address on the containers' network, as a container was given it: a network that is asked may not know its own."""
        container = self.compose("ps", "-q", "scheduler").strip()
        inspect = ["docker", "inspect", container, "--format", "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}"]
        address = subprocess.run(inspect, check=True, capture_output=True, text=True).stdout.strip()
        assert address, f"the scheduler's container {container} is on no network with a gateway"
        return address

    def unpause(self, dag_id: str = DAG_ID) -> None:
        """Let the DAG's runs start, whatever paused it: a new stack, or a back-up."""
        self.execute("scheduler", "airflow", "dags", "unpause", "--yes", dag_id)

    def sql(self, query: str) -> list[list[str]]:
        """Rows of Airflow's database."""
        text = self.execute("postgres", "psql", "-U", "postgres", "-d", "airflow", "-tAc", query)
        return [line.split("|") for line in text.splitlines()]

    def secrets(self) -> dict[str, str]:
        """Every secret word by its file's name; of a file with properties the last word of each line."""
        words = {}
        for path in sorted((self.home / "compose/secrets").iterdir()):
            for number, line in enumerate(path.read_text().splitlines()):
                word = line.split()[-1]
                if len(word) > 16:  # a user's name is none
                    words[f"{path.name}:{number}"] = word
        return words

    def login(self) -> None:
        password = (self.home / "compose/secrets/admin_password").read_text()
        _, answer = self.call("POST", "/auth/token", {"username": "admin", "password": password})
        self.token = answer["access_token"]

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request to Airflow's REST API."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        data = None if body is None else json.dumps(body).encode()
        return fetch(Request(f"http://127.0.0.1:{self.ports['AIRFLOW_PORT']}{path}", data, headers, method=method))

    def master(self) -> Any:
        """What Spark's master tells of itself, its workers and its applications."""
        return fetch(Request(f"http://127.0.0.1:{self.ports['SPARK_MASTER_PORT']}/json/"))[1]

    def history(self, path: str) -> Any:
        return fetch(Request(f"http://127.0.0.1:{self.ports['HISTORY_PORT']}/api/v1/{path}"))[1]

    def asked(self, path: str) -> Any:
        """The answer of Airflow's REST API. ConnectionError: it has none, as while its database is being restarted."""
        status, answer = self.call("GET", path)
        if status != 200:
            raise ConnectionError(f"{path}: {status} {answer}")
        return answer

    def runs(self, dag_id: str = DAG_ID) -> dict[str, dict[str, Any]]:
        answer = self.asked(f"/api/v2/dags/{dag_id}/dagRuns?limit=100")
        return {run["dag_run_id"]: run for run in answer["dag_runs"]}

    def trigger(self, day: object) -> str:
        """Start a run of a landed day by hand; its run_id."""
        return self.trigger_dag(DAG_ID, {"day": str(day)})

    def trigger_dag(self, dag_id: str, conf: Mapping[str, object]) -> str:
        status, run = self.call("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        assert status == 200, run
        return str(run["dag_run_id"])

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.asked(f"{DAG}/dagRuns/{quote(run_id)}/taskInstances/{task_id}")
        return found

    def wait_for_run(self, run_id: str, dag_id: str = DAG_ID) -> None:
        def ended() -> bool:
            self.process_lists.append(self.compose("top", check=False))
            state = self.runs(dag_id)[run_id]["state"]
            assert state != "failed", self.failures(run_id)
            return bool(state == "success")

        wait_for(f"run {run_id}", ended, RUN_TIMEOUT_SECONDS)

    def failures(self, run_id: str) -> str:
        tasks = self.sql(f"SELECT task_id, state, try_number FROM task_instance WHERE run_id = '{run_id}'")
        return f"{tasks}\n{self.execute('scheduler', 'sh', '-c', 'tail -n 30 $(ls -t $(find /data/logs -name attempt=*.log) | head -n 1)')}"

    def lake_sql(self, query: str) -> list[str]:
        return self.execute("postgres", "psql", "-U", "postgres", "-d", "lake", "-tAc", query).split()

    def metadata_locations(self) -> dict[str, str]:
        """By table, as the catalog has them; none before the first run."""
        if not self.lake_sql("SELECT to_regclass('iceberg_tables')"):
            return {}
        rows = self.lake_sql("SELECT table_namespace || '.' || table_name, metadata_location FROM iceberg_tables")
        return dict(row.split("|") for row in rows)

    def report(self, day: object) -> dict[str, bytes]:
        """The CSVs of a day's report by name."""
        names = self.execute("scheduler", "ls", f"/data/reports/dt={day}/").split()
        return {
            name: self.execute("scheduler", "cat", f"/data/reports/dt={day}/{name}").encode() for name in names if name.endswith(".csv")
        }


def fetch(request: Request) -> tuple[int, Any]:
    """Status and answer, JSON where it is. A connection that is refused raises."""
    try:
        with urlopen(request, timeout=30) as answer:
            status, text = answer.status, answer.read().decode()
    except HTTPError as error:
        status, text = error.code, error.read().decode(errors="replace")
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def wait_for(what: str, done: Callable[[], bool], timeout_seconds: float, poll_seconds: float = 2) -> None:
    """Poll until `done`; a service that is being restarted does not answer, which is no end."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            if done():
                return
        except OSError:
            pass  # not up, or not up again
        assert time.monotonic() < deadline, f"{what}: not in {timeout_seconds} s"
        time.sleep(poll_seconds)


def docker_inspect(stack: Stack) -> list[Mapping[str, Any]]:
    """Every container of the stack, ended ones too, as Docker knows it."""
    identifiers = stack.compose("ps", "--all", "--quiet").split()
    done = subprocess.run(["docker", "inspect", *identifiers], check=True, capture_output=True, text=True)
    found: list[Mapping[str, Any]] = json.loads(done.stdout)
    return found
