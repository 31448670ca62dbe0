"""The healthchecks ask the service itself; here a small server answers in its place."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools.container import health


def answers(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """Stands for the service: a real one is asked in tests/compose."""

    def get(url: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(health, "get", get)


@pytest.mark.parametrize(("state", "code"), [("healthy", 0), ("unhealthy", 1)])
def test_the_api_server_needs_its_database(monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    answers(monkeypatch, {"metadatabase": {"status": state}})
    assert health.main("api-server") == code


@pytest.mark.parametrize(("state", "code"), [("ALIVE", 0), ("STANDBY", 1), ("RECOVERING", 1)])
def test_a_master_must_be_alive(monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    answers(monkeypatch, {"status": state})
    assert health.main("spark-master") == code


@pytest.mark.parametrize(("workers", "code"), [([("me", "ALIVE")], 0), ([("me", "DEAD")], 1), ([("other", "ALIVE")], 1), ([], 1)])
def test_a_worker_must_be_known_to_its_master(monkeypatch: pytest.MonkeyPatch, workers: list[tuple[str, str]], code: int) -> None:
    monkeypatch.setattr(health.socket, "gethostname", lambda: "me")
    monkeypatch.setattr(health.socket, "gethostbyname", lambda name: "10.0.0.1")
    answers(monkeypatch, {"workers": [{"host": host, "state": state} for host, state in workers]})
    assert health.main("spark-worker") == code


@pytest.mark.parametrize("error", [ConnectionRefusedError("refused"), json.JSONDecodeError("no JSON", "", 0)])
def test_no_answer_is_told_and_no_crash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    answers(monkeypatch, error)
    assert health.main("history-server") == 1
    assert capsys.readouterr().out.startswith(f"history-server: {type(error).__name__}")


class Database:
    """Stands for PostgreSQL, which answers with the age of a heartbeat."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __call__(self, uri: str, connect_timeout: int) -> "Database":
        if isinstance(self.answer, Exception):
            raise self.answer
        return self

    def cursor(self) -> "Database":
        return self

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""

    def execute(self, query: str, values: tuple[str, str]) -> None:
        assert values[0] == "SchedulerJob"

    def fetchone(self) -> tuple[Any]:
        return (self.answer,)


class DatabaseError(Exception):
    """psycopg2's base of all errors."""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (3.0, ""),
        (59.9, ""),
        (60.0, "scheduler: the last heartbeat was 60 s ago\n"),
        (None, "scheduler: no SchedulerJob of this container is running\n"),
        (DatabaseError("no connection"), "scheduler: the database: no connection\n"),
    ],
)
def test_a_scheduler_lives_by_its_heartbeat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, answer: Any, told: str
) -> None:
    # The driver is installed in the containers only.
    monkeypatch.setitem(sys.modules, "psycopg2", SimpleNamespace(connect=Database(answer), Error=DatabaseError))
    monkeypatch.setattr(health, "DATABASE_URI", tmp_path / "uri")
    (tmp_path / "uri").write_text("postgresql+psycopg2://airflow:word@postgres:5432/airflow")
    assert health.main("scheduler") == (1 if told else 0)
    assert capsys.readouterr().out == told
