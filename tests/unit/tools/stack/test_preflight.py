"""Each thing that the host may lack is named with its remedy."""

import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.stack.preflight import check_compose, check_disk, check_memory, check_port, engine_checks


@pytest.mark.parametrize(
    ("answer", "ok"), [("2.26.1-4", True), ("v2.24.0", True), ("3.0.1", True), ("2.23.9", False), ("1.29.2", False), ("", False)]
)
def test_compose_must_be_new_enough(answer: str, ok: bool) -> None:
    assert check_compose(answer).ok is ok


@pytest.mark.parametrize(("workers", "kib", "ok"), [(2, 6 * 1024**2, True), (2, 6 * 1024**2 - 1, False), (1, 6 * 1024**2, True)])
def test_too_little_memory_is_named(workers: int, kib: int, ok: bool) -> None:
    check = check_memory(f"MemTotal:       99999999 kB\nMemAvailable:   {kib} kB\n", workers)
    assert check.ok is ok and "6.0 GiB" in check.found + check.remedy


def test_more_workers_need_more_memory() -> None:
    check = check_memory(f"MemAvailable:   {8 * 1024**2} kB\n", 4)
    assert not check.ok and "until 9.0 GiB are available" in check.remedy


def test_too_little_disk_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1024**3))
    check = check_disk(tmp_path)
    assert (check.ok, check.found) == (False, f"1.0 GiB free for {tmp_path}") and "free 8.0 GiB" in check.remedy


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        check = check_port("HISTORY_PORT", str(port))
    assert (check.ok, check.found) == (False, f"port {port} is taken by another program")
    assert "make up HISTORY_PORT=" in check.remedy
    assert check_port("HISTORY_PORT", str(port)).ok


@pytest.mark.parametrize("text", ["80", "0", "65536", "x", "8080x", ""])
def test_what_is_no_port_is_refused(text: str) -> None:
    assert not check_port("AIRFLOW_PORT", text).ok


def program(folder: Path, script: str) -> None:
    (folder / "docker").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "docker").chmod(0o755)


def test_a_missing_docker_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (check,) = engine_checks()
    assert (check.ok, check.found) == (False, "no program docker on PATH")


def test_an_engine_that_does_not_answer_is_named_with_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (check,) = engine_checks()
    assert (check.ok, check.found) == (False, "Cannot connect to the Docker daemon")


def test_an_engine_with_compose_and_room_is_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, f'if [ "$1" = info ]; then echo "28.1 {tmp_path}/not/there"; else echo 2.30.0; fi')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert [check.name for check in engine_checks()] == ["Docker engine", "Docker Compose", "disk"]
