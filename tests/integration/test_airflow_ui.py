"""`make airflow` for real: its four services, a run through the REST API as far as its first task, and the end of it all."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import psutil
import pytest

from include.settings import PROJECT
from tests.ports import lasting_ports
from tests.waiting import HANG_SECONDS, wait_for
from tools.services import is_running

pytestmark = pytest.mark.chain
DAG = "/api/v2/dags/web_activity_daily"


class Client:
    """Airflow's REST API as the user `admin` of one home."""

    def __init__(self, port: int, home: Path) -> None:
        self.base, self.headers = f"http://127.0.0.1:{port}", {"Content-Type": "application/json"}
        password = json.loads((home / "airflow/passwords.json").read_text())["admin"]
        token = self.call("POST", "/auth/token", {"username": "admin", "password": password})[1]["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.base + path, data, self.headers, method=method), timeout=120) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def airflow(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    port = lasting_ports(1)
    log = tmp_path / "out.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.airflow_ui"],
            cwd=PROJECT, env=os.environ | {"PORT": str(port), "MILLRACE_HOME": str(tmp_path / "home")},
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    yield process, port, log
    process.terminate()
    process.wait()


def test_a_run_is_scheduled_waits_for_its_day_and_nothing_survives_the_end(
    airflow: tuple[subprocess.Popen[bytes], int, Path], tmp_path: Path
) -> None:
    process, port, log = airflow
    wait_for(lambda: "password:" in log.read_text(), log, of=process)
    lines = log.read_text().splitlines()
    assert [line.split()[1] for line in lines if line.startswith("up: ")] == ["api-server", "scheduler", "dag-processor", "triggerer"]
    client = Client(port, tmp_path / "home")
    wait_for(lambda: client.call("GET", DAG)[0] == 200, log, of=process)
    assert client.call("GET", DAG)[1]["is_paused"] is True

    # Refused by the server, before there is a run.
    for day in ("2026-13-45", "20261101", "today"):
        code, answer = client.call("POST", f"{DAG}/dagRuns", {"logical_date": None, "conf": {"day": day}})
        assert code in (400, 422) and "day" in answer

    # Not landed: the first task gives its slot back and waits, which it can only if scheduler, executor and task API work together.
    code, run = client.call("POST", f"{DAG}/dagRuns", {"logical_date": None, "conf": {"day": "2026-11-01"}})
    assert code == 200
    assert client.call("PATCH", f"{DAG}?update_mask=is_paused", {"is_paused": False})[0] == 200
    task = f"{DAG}/dagRuns/{quote(run['dag_run_id'])}/taskInstances/wait_for_landing"
    wait_for(lambda: '"state": "up_for_reschedule"' in json.dumps(client.call("GET", task)[1]), log, of=process)

    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4
    process.send_signal(signal.SIGINT)
    assert process.wait(HANG_SECONDS) == 0
    assert [child for child in family if is_running(child)] == []
    assert "all services have ended" in log.read_text()
