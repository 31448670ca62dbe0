"""What `make airflow` decides before and while its services run; tests/integration starts Airflow itself."""

import shlex
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from include.settings import Settings
from tools import airflow_ui, backfill
from tools.backfill import backfill_command, period
from tools.services import Service, ServiceDied, check_alive, is_running, start, stop

STARTED = datetime(2026, 11, 22, 19, tzinfo=UTC)
PYTHON = [sys.executable, "-c"]


@pytest.mark.parametrize("text", ["1024", "8080", "65535"])
def test_a_port_is_a_number_that_a_program_may_choose(text: str) -> None:
    assert airflow_ui.parse_port(text) == int(text)


@pytest.mark.parametrize("text", ["80", "65536", "-1", "http", "8080.0", "", "²"])
def test_any_other_port_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"PORT: .* is not a port from 1024 to 65535: make airflow PORT="):
        airflow_ui.parse_port(text)


def test_a_taken_port_is_named_with_its_remedy_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, taken_port: int
) -> None:
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    monkeypatch.setenv("PORT", str(taken_port))
    with pytest.raises(SystemExit) as exited:
        airflow_ui.main()
    message = capsys.readouterr().err
    assert exited.value.code == 75
    assert f"port {taken_port} " in message and "make airflow PORT=" in message
    assert [path.name for path in (tmp_path / "airflow").iterdir()] == ["ui.lock"]


def test_a_second_airflow_of_one_home_is_refused(tmp_path: Path) -> None:
    held = airflow_ui.lock_home(Settings(home=tmp_path))
    assert held is not None
    assert airflow_ui.lock_home(Settings(home=tmp_path)) is None
    held.close()
    again = airflow_ui.lock_home(Settings(home=tmp_path))
    assert again is not None
    again.close()


def report(status: str, heartbeat: datetime | None) -> dict[str, dict[str, str | None]]:
    beat = heartbeat.isoformat() if heartbeat else None
    return {"metadatabase": {"status": "healthy"}, "scheduler": {"status": status, "latest_scheduler_heartbeat": beat}}


def test_a_heartbeat_of_an_earlier_start_does_not_count() -> None:
    second = timedelta(seconds=1)
    assert airflow_ui.is_healthy(report("healthy", STARTED + second), "scheduler", STARTED)
    assert not airflow_ui.is_healthy(report("healthy", STARTED - second), "scheduler", STARTED)
    assert not airflow_ui.is_healthy(report("unhealthy", None), "scheduler", STARTED)
    assert airflow_ui.is_healthy(report("unhealthy", None), "metadatabase", STARTED)
    assert not airflow_ui.is_healthy({}, "metadatabase", STARTED)


def test_secrets_are_files_of_the_owner_and_the_environment_names_only_them(tmp_path: Path) -> None:
    env = airflow_ui.ui_env(Settings(home=tmp_path), 18080)
    secret = (tmp_path / "airflow/jwt_secret").read_text()
    assert len(secret) >= 64 and secret not in " ".join(env.values())
    for name in ("jwt_secret", "passwords.json"):
        assert stat.S_IMODE((tmp_path / "airflow" / name).stat().st_mode) == 0o600
    shown = subprocess.run(shlex.split(env["AIRFLOW__API_AUTH__JWT_SECRET_CMD"]), capture_output=True, text=True, check=True)
    assert shown.stdout == secret


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    airflow_ui.ui_env(Settings(home=tmp_path), 18080)
    secret = (tmp_path / "airflow/jwt_secret").read_text()
    airflow_ui.ui_env(Settings(home=tmp_path), 18080)
    assert (tmp_path / "airflow/jwt_secret").read_text() == secret


def test_the_port_is_where_tasks_look_for_the_api(tmp_path: Path) -> None:
    env = airflow_ui.ui_env(Settings(home=tmp_path), 18080)
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"
    assert env["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"


def wait_for_child(service: Service) -> psutil.Process:
    """The child of a service, once it has written its process id to the log."""
    while not service.log.read_text().endswith("\n"):
        assert service.process.poll() is None
    return psutil.Process(int(service.log.read_text()))


# Ignores SIGTERM, and so does its child, which leads a session of its own.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_stubborn_service_is_killed_with_its_children(tmp_path: Path) -> None:
    service = start("stubborn", [*PYTHON, STUBBORN], {}, tmp_path)
    child = wait_for_child(service)
    stop(service, grace_seconds=0.5)
    assert service.process.returncode == -9
    assert not is_running(child)


def test_a_service_that_listens_ends_by_itself_in_time(tmp_path: Path) -> None:
    service = start("obedient", [*PYTHON, "import time; print('1', flush=True); time.sleep(60)"], {}, tmp_path)
    stop(service, grace_seconds=10)
    assert service.process.returncode == -15


def test_a_service_that_died_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    service = start("broken", [*PYTHON, "for i in range(30): print('line', i)\nraise SystemExit(3)"], {}, tmp_path)
    service.process.wait()
    with pytest.raises(ServiceDied) as died:
        check_alive([service])
    lines = str(died.value).splitlines()
    assert lines[0] == "broken ended with exit code 3:"
    assert lines[1:-1] == [f"  line {number}" for number in range(15, 30)]
    assert lines[-1] == f"log: {tmp_path / 'broken.log'}"
    stop(service)


def test_a_backfill_takes_both_days() -> None:
    assert period({"FROM": "2026-11-01", "TO": "2026-11-07"}) == ("2026-11-01", "2026-11-07")
    command = backfill_command("2026-11-01", "2026-11-07")
    assert command[:2] == ["backfill", "create"]
    assert dict(zip(command[2::2], command[3::2], strict=True)) == {
        "--dag-id": "web_activity_daily",
        "--from-date": "2026-11-01",
        "--to-date": "2026-11-07",
        "--reprocess-behavior": "completed",
    }


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"FROM": "2026-11-01"}, "TO is missing: make backfill FROM="),
        ({"FROM": "2026-11-1", "TO": "2026-11-02"}, "FROM: '2026-11-1' is no day"),
        ({"FROM": "2026-11-02", "TO": "2026-11-01"}, "FROM=2026-11-02 is after TO=2026-11-01"),
    ],
)
def test_a_wrong_period_is_refused_by_name(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        period(environment)


def test_a_backfill_without_a_running_airflow_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow/airflow.db").touch()  # `make run` makes one too
    for name, value in {"FROM": "2026-11-01", "TO": "2026-11-01", "MILLRACE_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as exited:
        backfill.main()
    assert exited.value.code == 66
    assert "make airflow" in capsys.readouterr().err
