"""`make up` and its kin: arguments, and when a container counts as ready."""

import os
from pathlib import Path

import pytest

from tools.stack.__main__ import StackError, chosen_values, main, require_different_ports, require_same_user, welcome, whole_number
from tools.stack.compose import PROJECT, Container


@pytest.mark.parametrize(
    ("state", "health", "exit_code", "is_ready", "has_failed"),
    [
        ("running", "healthy", 0, True, False),
        ("running", "", 0, True, False),
        ("running", "starting", 0, False, False),
        ("running", "unhealthy", 0, False, False),
        ("created", "", 0, False, False),
        ("exited", "", 0, True, False),
        ("exited", "", 1, False, True),
        ("restarting", "", 1, False, False),
    ],
)
def test_when_a_container_is_ready(state: str, health: str, exit_code: int, is_ready: bool, has_failed: bool) -> None:
    container = Container("c", "s", state, health, exit_code)
    assert (container.is_ready, container.has_failed) == (is_ready, has_failed)


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", "1.5", ""])
def test_what_is_no_number_of_workers_is_refused_by_name(text: str) -> None:
    with pytest.raises(StackError, match="WORKERS") as failure:
        whole_number("WORKERS", text, 64, "4")
    assert failure.value.code == 64


def test_a_value_of_this_call_comes_before_an_earlier_one_and_that_before_the_default() -> None:
    first = chosen_values({}, {})
    assert (first["AIRFLOW_PORT"], first["MILLRACE_LANDING"]) == ("8080", str(PROJECT / "var/landing"))
    moved = chosen_values(first, {"MILLRACE_HOME": "/data/millrace", "AIRFLOW_PORT": "8090"})
    assert (moved["AIRFLOW_PORT"], moved["MILLRACE_STATE"]) == ("8090", "/data/millrace/compose")
    assert chosen_values(moved, {}) == moved
    assert (first["WORKERS"], chosen_values(chosen_values(moved, {"WORKERS": "4"}), {})["WORKERS"]) == ("2", "4")


def test_the_welcome_says_where_the_password_is_and_not_what_it_is() -> None:
    text = welcome(chosen_values({}, {"MILLRACE_HOME": "/home/x", "AIRFLOW_PORT": "8090"}))
    assert "make sample-data DAY=2026-11-01 MILLRACE_HOME=/home/x " in text
    assert "http://127.0.0.1:8090" in text and "/home/x/compose/secrets/admin_password" in text


def test_a_stack_of_another_user_is_refused() -> None:
    values = chosen_values({}, {})
    require_same_user({}, values)
    require_same_user(values, values)
    with pytest.raises(StackError, match=r"belongs to the user 54321.*\n  Remedy: start it as the former user"):
        require_same_user({"MILLRACE_UID": "54321"}, values)


def docker(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """A program docker that answers by the script."""
    (folder / "docker").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_an_unclear_wish_to_remove_the_data_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker(monkeypatch, tmp_path, f"touch {tmp_path}/called")
    monkeypatch.setenv("VOLUMES", "yes")
    assert main("down") == 64
    assert "VOLUMES: 'yes' is neither 0 nor 1" in capsys.readouterr().err
    assert not (tmp_path / "called").exists()


def test_the_logs_of_an_unknown_service_name_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker(monkeypatch, tmp_path, "echo scheduler; echo postgres")
    monkeypatch.setenv("SERVICE", "sheduler")
    assert main("logs") == 64
    assert "SERVICE: 'sheduler' is none of postgres, scheduler" in capsys.readouterr().err


def test_a_command_that_fails_is_told_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker(monkeypatch, tmp_path, "echo 'no such network' >&2; exit 1")
    monkeypatch.delenv("VOLUMES", raising=False)
    assert main("down") == 1
    assert "no such network" in capsys.readouterr().err


def test_without_docker_its_installation_is_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main("status") == 69
    assert "install Docker Engine" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["abc", "0", "65536", "80 80", "-1", "８０"])
def test_a_port_that_is_none_is_refused_by_its_name(port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AIRFLOW_PORT", port)
    assert main("up") == 64
    assert f"AIRFLOW_PORT: {port!r} is not a whole number from 1 to 65535: make up AIRFLOW_PORT=8090" in capsys.readouterr().err


def test_two_services_on_one_port_are_refused_by_their_names() -> None:
    ports = {"AIRFLOW_PORT": "8080", "SPARK_MASTER_PORT": "8081", "HISTORY_PORT": "08080"}
    with pytest.raises(StackError, match="AIRFLOW_PORT and HISTORY_PORT are both 8080"):
        require_different_ports(ports)
    require_different_ports(ports | {"HISTORY_PORT": "18080"})
