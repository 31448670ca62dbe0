"""`python -m tools.stack up|down|status|logs`: what `make up` and its kin call. Standard library only: the host needs no .venv.

Exit codes: 0 done, 1 a service or the engine failed, 64 wrong usage, 69 the host lacks something, with its remedy.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

from tools.environment.check import Check
from tools.stack.compose import PROJECT, compose, containers
from tools.stack.preflight import PORTS, check_memory, check_port, engine_checks
from tools.stack.state import container_uid, keep_values, make_state, read_values

READY_TIMEOUT_SECONDS = 420
DEFAULT_WORKERS, MAX_WORKERS = 2, 64
MAX_PORT = 65535
WRONG_USAGE, UNAVAILABLE = 64, 69


class StackError(Exception):
    """What ends the command: exit code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def environment_file() -> Path:
    return Path(os.environ.get("COMPOSE_ENV_FILES") or PROJECT / ".env")


def up() -> None:
    """Check the host, make what is missing, build, start, and wait until every service does its work."""
    environment_file().touch()  # Compose refuses to do anything without a file that it was told of
    kept = read_values(environment_file())
    values = chosen_values(kept, os.environ)
    whole_number("WORKERS", values["WORKERS"], MAX_WORKERS, "4")
    for name in PORTS:
        whole_number(name, values[name], MAX_PORT, "8090")
    require_different_ports(values)
    require_same_user(kept, values)
    require_host(kept, values)
    make_state(Path(values["MILLRACE_STATE"]))
    Path(values["MILLRACE_LANDING"]).mkdir(parents=True, exist_ok=True)
    keep_values(environment_file(), values)
    build(Path(values["MILLRACE_STATE"]) / "build.log")
    start(Path(values["MILLRACE_STATE"]) / "up.log")
    print(welcome(values))


def whole_number(name: str, text: str, most: int, example: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise StackError(WRONG_USAGE, f"{name}: {text!r} is not a whole number from 1 to {most}: make up {name}={example}")
    return int(text)


def require_different_ports(values: Mapping[str, str]) -> None:
    for first, second in combinations(PORTS, 2):
        if int(values[first]) == int(values[second]):
            raise StackError(WRONG_USAGE, f"{first} and {second} are both {values[first]}: give each a port of its own")


def chosen_values(kept: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """What .env must hold: an argument of this call, else what an earlier call chose, else the default."""
    home = Path(environment.get("MILLRACE_HOME") or Path(kept.get("MILLRACE_STATE", PROJECT / "var/compose")).parent).absolute()
    values = {
        "MILLRACE_UID": str(container_uid()),
        "MILLRACE_GID": str(container_uid()),
        "MILLRACE_STATE": str(home / "compose"),
        "MILLRACE_LANDING": str(home / "landing"),
    }
    defaults = {**PORTS, "WORKERS": DEFAULT_WORKERS}
    return values | {name: environment.get(name) or kept.get(name) or str(default) for name, default in defaults.items()}


def require_same_user(kept: Mapping[str, str], values: Mapping[str, str]) -> None:
    """StackError: another user has started this stack before, and its volumes and secrets are that user's."""
    before = kept.get("MILLRACE_UID", values["MILLRACE_UID"])
    if before != values["MILLRACE_UID"]:
        told = f"this stack belongs to the user {before}, and its containers would now run as {values['MILLRACE_UID']}"
        raise StackError(
            WRONG_USAGE, f"{told}\n  Remedy: start it as the former user; or `make down VOLUMES=1`, and remove {environment_file()}"
        )


def require_host(kept: Mapping[str, str], values: Mapping[str, str]) -> None:
    """StackError: names all that the host lacks. A stack that is up has its memory, and the ports that it was started with."""
    require(engine_checks())
    is_up = any(container.state == "running" for container in containers())
    if not is_up:
        require([check_memory(Path("/proc/meminfo").read_text(), int(values["WORKERS"]))])
    require(check_port(name, values[name]) for name in PORTS if not is_up or kept.get(name) != values[name])


def require(checks: Iterable[Check]) -> None:
    failed = [f"{check.name}: {check.found}\n  Remedy: {check.remedy}" for check in checks if not check.ok]
    if failed:
        raise StackError(UNAVAILABLE, "\n".join(failed))


def build(log: Path) -> None:
    """Build the image; its long output goes to a file."""
    print("building the image; the first time takes some minutes ... ", end="", flush=True)
    started = time.monotonic()
    with log.open("w") as output:
        done = subprocess.run(["docker", "compose", "build", "volumes"], cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        tail = "\n".join(f"  {line}" for line in log.read_text().splitlines()[-25:])
        raise StackError(1, f"failed\n{tail}\nlog: {log}")
    print(f"{time.monotonic() - started:.0f} s", flush=True)


def run(what: str, *arguments: str) -> None:
    try:
        compose(*arguments)
    except subprocess.CalledProcessError as error:
        raise StackError(1, f"{what}: docker compose {' '.join(arguments)} failed:\n{error.stderr.strip()[-3000:]}") from error


def start(log: Path) -> None:
    """Start all services. Compose itself waits for one before it starts the next, so it runs beside us while we tell how far it is."""
    run("clearing what has ended", "rm", "--force")  # or a container that failed in an earlier call would count as failed in this one
    command = ["docker", "compose", "up", "--detach", "--no-build", "--remove-orphans"]
    with log.open("w") as output:
        starting = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_ready(starting)
    finally:
        starting.terminate()
    if starting.wait():
        raise StackError(1, f"docker compose up failed:\n{log.read_text().strip()[-2000:]}\nlog: {log}")


def wait_until_ready(starting: subprocess.Popen[bytes]) -> None:
    """Tell each change of a service until all are ready, or `starting` has failed. StackError: a service failed, or time is up."""
    started = time.monotonic()
    told: dict[str, str] = {}
    while not starting.poll():
        found = containers()
        for container in found:
            if told.get(container.name) != container.told:
                told[container.name] = container.told
                print(f"{time.monotonic() - started:5.0f} s  {container.name:32}{container.told}", flush=True)
        failed = [container for container in found if container.has_failed]
        late = time.monotonic() - started > READY_TIMEOUT_SECONDS
        if failed or late:
            bad = failed or [container for container in found if not container.is_ready]
            logs = compose("logs", "--tail", "15", *{container.service for container in bad}, check=False).stdout
            why = "ended" if failed else f"not ready after {READY_TIMEOUT_SECONDS} s"
            raise StackError(1, f"{logs}\n{why}: {', '.join(c.name for c in bad)}\nnext:  make logs SERVICE={bad[0].service}")
        if starting.poll() == 0 and all(container.is_ready for container in found):
            return
        time.sleep(1)


def welcome(values: Mapping[str, str]) -> str:
    return f"""
Airflow         http://127.0.0.1:{values["AIRFLOW_PORT"]}
                user admin, password in {values["MILLRACE_STATE"]}/secrets/admin_password
Spark master    http://127.0.0.1:{values["SPARK_MASTER_PORT"]}
Spark history   http://127.0.0.1:{values["HISTORY_PORT"]}
landing         {values["MILLRACE_LANDING"]}

next:  make sample-data DAY=2026-11-01{home_argument(values)}          (or land a day of your own)
       docker compose exec scheduler airflow dags unpause web_activity_daily
       docker compose exec scheduler airflow backfill create --dag-id web_activity_daily \\
           --from-date 2026-11-01 --to-date 2026-11-01
       make status, make logs SERVICE=scheduler, make down"""


def home_argument(values: Mapping[str, str]) -> str:
    home = Path(values["MILLRACE_STATE"]).parent
    return "" if home == PROJECT / "var" else f" MILLRACE_HOME={home}"


def down() -> None:
    """Stop and remove the containers; the data too where VOLUMES=1."""
    volumes = os.environ.get("VOLUMES", "")
    if volumes not in ("", "0", "1"):
        raise StackError(WRONG_USAGE, f"VOLUMES: {volumes!r} is neither 0 nor 1: make down VOLUMES=1 removes tables, reports and history")
    run("stopping", "down", "--remove-orphans", *(["--volumes"] if volumes == "1" else []))
    print("down; tables, reports, logs and history are gone" if volumes == "1" else "down; the data is kept, `make up` goes on with it")


def status() -> None:
    found = containers()
    for container in found:
        print(f"{container.name:32}{container.told}")
    print("next:  make logs SERVICE=…, make down" if found else "nothing is up\nnext:  make up")


def logs() -> None:
    service = os.environ.get("SERVICE", "")
    known = compose("config", "--services").stdout.split()
    if service not in known:
        raise StackError(WRONG_USAGE, f"SERVICE: {service!r} is none of {', '.join(sorted(known))}")
    if service not in [container.service for container in containers()]:
        print(f"{service} is not up\nnext: make up")
        return
    subprocess.run(["docker", "compose", "logs", "--tail", "200", service], cwd=PROJECT, check=True)


COMMANDS = {"up": up, "down": down, "status": status, "logs": logs}


def main(name: str) -> int:
    try:
        COMMANDS[name]()
    except StackError as error:
        print(error, file=sys.stderr)
        return error.code
    except subprocess.CalledProcessError as error:
        print(f"docker compose failed: {(error.stderr or '').strip()[-2000:]}", file=sys.stderr)
        return 1
    except OSError as error:
        remedy = ": install Docker Engine with its Compose plugin" if error.filename == "docker" else ""
        print(f"{error}{remedy}", file=sys.stderr)
        return UNAVAILABLE
    except KeyboardInterrupt:
        print("\nstopped waiting; what has started goes on: make status, make down", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
