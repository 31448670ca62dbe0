"""`make airflow`: Airflow with its web page, on this machine's loopback address alone.

PORT chooses the port (default 8080), MILLRACE_HOME the home, MILLRACE_MASTER a Spark master. Runs until Ctrl-C, which ends every service.
Exit codes: 0 ended by Ctrl-C, 1 a service ended by itself, 64 wrong usage, 75 the port or the home is in use.
"""

import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.error import URLError
from urllib.request import urlopen

from include.settings import Machine, Settings, SettingsError, make_command, read_settings
from tools.abandoned import end_abandoned
from tools.airflow_env import airflow_env, migrate_database
from tools.services import Service, ServiceDied, check_alive, kill_children, start, stop

HOST = "127.0.0.1"
DEFAULT_PORT = "8080"
START_TIMEOUT_SECONDS = 180
# The health report's name of each service that starts once the API answers, with the arguments of its command.
WORKERS = {
    "scheduler": ("scheduler", "--skip-serve-logs"),  # logs are local files: no log server, which would listen on all addresses
    "dag_processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}


class StopRequested(Exception):
    """Ctrl-C, or another signal that asks for the end."""


def main() -> int:
    try:
        settings = read_settings()
        port = parse_port(os.environ.get("PORT") or DEFAULT_PORT)
    except (SettingsError, ValueError) as error:
        fail(64, str(error))
    lock = lock_home(settings)
    if lock is None:
        fail(75, f"Airflow is already running for {settings.home}: end it there with Ctrl-C, or choose another MILLRACE_HOME")
    with lock:
        if not port_is_free(port):
            fail(75, f"port {port} of {HOST} is taken by another program: end that one, or choose another port: make airflow PORT=…")
        return serve(settings, port)


def parse_port(text: str, example: str = "make airflow PORT=8081") -> int:
    """A port that a program may choose; ValueError, with the example, for anything else."""
    if not text.isascii() or not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise ValueError(f"PORT: {text!r} is not a port from 1024 to 65535: {example}")
    return int(text)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def lock_home(settings: Settings) -> IO[str] | None:
    """Hold the home for this process: two schedulers on one SQLite file would block each other. None: it is held already."""
    path = settings.home / "airflow/ui.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def serve(settings: Settings, port: int) -> int:
    """Run all services until a signal or until one of them ends by itself; leaves no process behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    services: list[Service] = []
    code = 0
    try:
        env = ui_env(settings, port)
        migrate_database(settings, env)
        end_abandoned(settings, env)
        start_all(settings, env, port, services)
        print(welcome(settings, port), flush=True)
        while True:
            check_alive(services)
            time.sleep(1)
    except StopRequested:
        print("\nending", flush=True)
    except (ServiceDied, TimeoutError) as error:
        print(error, file=sys.stderr, flush=True)
        code = 1
    finally:
        stop_all(services)
    print("all services have ended; a task that was cut off is tried again after the next start", flush=True)
    return code


def _request_stop(number: int, frame: Any) -> NoReturn:
    raise StopRequested


def start_all(settings: Settings, env: dict[str, str], port: int, services: list[Service]) -> None:
    """Start the api-server, then what talks to it; each started service is added to `services` at once."""
    logs = settings.home / "logs/airflow"
    airflow = [sys.executable, "-m", "airflow"]
    started = datetime.now(UTC)
    api_command = [*airflow, "api-server", "--host", HOST, "--port", str(port), "--workers", "1"]
    services.append(start("api-server", api_command, env, logs))
    wait_until_healthy("metadatabase", started, port, services)
    print(f"up: api-server      log: {services[-1].log}", flush=True)
    for arguments in WORKERS.values():
        services.append(start(arguments[0], [*airflow, *arguments], env, logs))
    for component, service in zip(WORKERS, services[1:], strict=True):
        wait_until_healthy(component, started, port, services)
        print(f"up: {service.name:15} log: {service.log}", flush=True)


def wait_until_healthy(component: str, started: datetime, port: int, services: Sequence[Service]) -> None:
    """Wait for a heartbeat newer than `started`. ServiceDied: a service ended; TimeoutError: it took too long."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not is_healthy(health(port), component, started):
        check_alive(services)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{component} is not up after {START_TIMEOUT_SECONDS} s; its log is in {services[-1].log.parent}")
        time.sleep(0.5)


def health(port: int) -> dict[str, Any]:
    """The api-server's health report; empty while it does not answer."""
    try:
        with urlopen(f"http://{HOST}:{port}/api/v2/monitor/health", timeout=5) as answer:
            report: dict[str, Any] = json.load(answer)
            return report
    except (URLError, OSError, ValueError):  # ValueError: another program answers, and not with JSON
        return {}


def is_healthy(report: dict[str, Any], component: str, started: datetime) -> bool:
    """Whether the component lives; a heartbeat from before `started` is that of an earlier process."""
    state = report.get(component) or {}
    heartbeat = state.get(f"latest_{component}_heartbeat")
    is_fresh = component == "metadatabase" or (heartbeat is not None and datetime.fromisoformat(heartbeat) >= started)
    return state.get("status") == "healthy" and is_fresh


def stop_all(services: Sequence[Service]) -> None:
    """End the services, the last one first. Another Ctrl-C must not leave half of them running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for service in reversed(services):
        stop(service)
    kill_children()


def ui_env(settings: Settings, port: int) -> dict[str, str]:
    """The environment of all services: the embedded one, and how they find and trust each other."""
    env = airflow_env(settings, Machine.read())
    home = settings.home / "airflow"
    private_file(home / "jwt_secret", secrets.token_urlsafe(48))
    private_file(passwords_file(settings), "")
    return env | {
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{port}/execution/",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(settings.home / "logs/dag_processor"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords_file(settings)),
        # A command and not the secret itself: every Spark driver inherits this environment.
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": f"cat {shlex.quote(str(home / 'jwt_secret'))}",
    }


def passwords_file(settings: Settings) -> Path:
    return settings.home / "airflow/passwords.json"


def private_file(path: Path, content: str) -> None:
    """Create a file that only its owner reads; one that is there stays as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    unfinished.replace(path)


def welcome(settings: Settings, port: int) -> str:
    return f"""
Airflow:   http://{HOST}:{port}
user:      admin
password:  in {passwords_file(settings)}
DAGs are paused at first, so that nothing runs by surprise: switch web_activity_daily on before you trigger it.

next:  in the web page: web_activity_daily, Trigger, with a day that has landed
       {make_command(settings, "backfill FROM=2026-11-01 TO=2026-11-07")}    (in another terminal)
       Ctrl-C ends Airflow with all that it runs"""


def fail(code: int, message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    sys.exit(main())
