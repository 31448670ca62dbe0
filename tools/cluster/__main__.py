"""`python -m tools.cluster start|stop|restart|status`: what `make cluster-start` and its kin call.

WORKERS, WORKER_CORES, WORKER_MEMORY, MASTER_PORT, MASTER_PAGE_PORT and HISTORY_PORT choose sizes and ports, MILLRACE_HOME the home.
Exit codes: 0 done, 1 a daemon ended by itself, 64 wrong usage, 69 the cluster is not up, 75 a port is in use, or another of these
commands is at work.
"""

import fcntl
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from include.settings import PROJECT, Machine, Settings, SettingsError, make_command, read_settings
from tools.airflow_ui import port_is_free
from tools.cluster.daemons import Daemon, recorded, start_daemon, stop_daemons
from tools.cluster.errors import IN_USE, UNAVAILABLE, WRONG_USAGE, ClusterError
from tools.cluster.plan import HOST, Plan, cluster_file, cluster_folder, new_secret, properties, properties_file
from tools.cluster.ready import answer, wait_until_joined
from tools.environment.command import spark_environment
from tools.environment.layout import Layout
from tools.properties import require_lake

DEFAULTS = {"WORKERS": "2", "WORKER_CORES": "1", "MASTER_PORT": "7077", "MASTER_PAGE_PORT": "18080", "HISTORY_PORT": "18090"}
DEFAULT_WORKER_MEMORY = "2g"
RELEASE_SECONDS = 5


def read_plan(environment: Mapping[str, str]) -> Plan:
    """The sizes and ports of the environment; ClusterError names the one that is wrong."""
    numbers = {name: _number(name, environment.get(name) or default) for name, default in DEFAULTS.items()}
    memory = environment.get("WORKER_MEMORY") or DEFAULT_WORKER_MEMORY
    if not re.fullmatch(r"[1-9][0-9]*[mg]", memory):
        raise ClusterError(WRONG_USAGE, f"WORKER_MEMORY: {memory!r} is no amount such as 2g or 1500m")
    workers, cores, master, page, history = numbers.values()
    if len({master, page, history}) < 3:
        raise ClusterError(WRONG_USAGE, "MASTER_PORT, MASTER_PAGE_PORT and HISTORY_PORT: each needs a port of its own")
    return Plan(workers, master, page, history, cores, memory)


def _number(name: str, text: str) -> int:
    lowest, highest = (1024, 65000) if name.endswith("PORT") else (1, 64)
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise ClusterError(WRONG_USAGE, f"{name}: {text!r} is not a whole number from {lowest} to {highest}")
    return int(text)


def start(settings: Settings) -> None:
    """Start what is not running, wait until it has joined, tell the addresses."""
    folder = cluster_folder(settings)
    if running(folder):
        start_ended(folder)
    else:
        plan = read_plan(os.environ)
        stop_daemons(folder, recorded(folder))  # records of what a reboot or a kill has ended
        require_free(plan.ports, "end those, or choose others (MASTER_PORT, MASTER_PAGE_PORT, HISTORY_PORT)")
        prepare(settings, plan)
        start_all(plan, folder)
    status(settings)


def start_ended(folder: Path) -> None:
    """Start daemons of a cluster that is up which have ended by themselves; a new master takes new workers.

    Those of the old one ask for a master once in a while only, after a minute or more in the end, and their executors are of
    applications that the new one does not know.
    """
    plan, ended = recorded_plan(folder), [daemon.name for daemon in recorded(folder) if daemon.process() is None]
    if not ended:
        print("the cluster is up already; `make cluster-restart` takes up changed settings")
        return
    remedy = "end those; `make cluster-restart` with other ports ends all applications"
    require_free([port for name in ended for port in plan.ports_of(name)], remedy)
    left = [daemon for daemon in running(folder) if "master" in ended and daemon.name.startswith("worker-")]
    stop_daemons(folder, left)
    anew = {*ended, *(daemon.name for daemon in left)}
    wait_until_joined(plan, [start_daemon(folder, *each) for each in commands(plan, folder) if each[0] in anew])


def require_free(ports: list[int], remedy: str) -> None:
    """ClusterError: some are in use, and not only by a daemon that was killed a moment ago, which may keep its own a little longer."""
    deadline = time.monotonic() + RELEASE_SECONDS
    while (taken := [str(port) for port in ports if not port_is_free(port)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    if taken:
        raise ClusterError(IN_USE, f"ports in use by other programs: {', '.join(taken)}: {remedy}")


def prepare(settings: Settings, plan: Plan) -> None:
    """Write the properties, with a new secret, and what submits need to know."""
    require_lake(settings.properties_file)
    folder = cluster_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    (settings.home / "events").mkdir(parents=True, exist_ok=True)
    properties_file(folder).unlink(missing_ok=True)
    with os.fdopen(os.open(properties_file(folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(properties(settings, plan, new_secret()))
    told = {"master": plan.master, "history_url": f"http://{HOST}:{plan.history_port}", "plan": asdict(plan)}
    cluster_file(folder).write_text(json.dumps(told))


def recorded_plan(folder: Path) -> Plan:
    return Plan(**json.loads(cluster_file(folder).read_text())["plan"])


def start_all(plan: Plan, folder: Path) -> None:
    """Start the daemons; none is left where one fails."""
    daemons: list[Daemon] = []
    try:
        for each in commands(plan, folder):
            daemons.append(start_daemon(folder, *each))
        wait_until_joined(plan, daemons)
    except BaseException:
        stop_daemons(folder, daemons)
        raise


def commands(plan: Plan, folder: Path) -> Iterator[tuple[str, list[str], dict[str, str], str]]:
    """(name, command, environment, page) of each daemon, in the order in which they start."""
    spark_class = str(Layout(PROJECT).venv / "bin/spark-class")
    for name, command, page in plan.daemons(folder):
        yield name, [spark_class, *command], environment(), page


def environment() -> dict[str, str]:
    """The daemons' environment: small heaps, the pages on loopback alone, and no other port than that which others know."""
    java_home = Machine.read().java_home
    if java_home is None:
        raise ClusterError(UNAVAILABLE, "the set-up has not found a Java yet: make setup")
    own = {"SPARK_DAEMON_MEMORY": "384m", "SPARK_DAEMON_JAVA_OPTS": "-Dspark.port.maxRetries=0", "SPARK_NO_DAEMONIZE": "true"}
    return spark_environment(Layout(PROJECT), Path(java_home)) | own


def running(folder: Path) -> list[Daemon]:
    return [daemon for daemon in recorded(folder) if daemon.process() is not None]


def stop(settings: Settings) -> None:
    daemons = recorded(cluster_folder(settings))
    stop_daemons(cluster_folder(settings), daemons)
    cluster_file(cluster_folder(settings)).unlink(missing_ok=True)
    print("the cluster is down" if daemons else "the cluster was not up")


def restart(settings: Settings) -> None:
    """Stop and start it with the settings of now, unless these are wrong: then what is up stays so."""
    read_plan(os.environ)
    require_lake(settings.properties_file)
    stop(settings)
    start(settings)


def status(settings: Settings) -> None:
    """Tell each daemon, the workers' room, the applications. ClusterError: nothing is up, or a daemon has died."""
    folder = cluster_folder(settings)
    daemons = recorded(folder)
    if not daemons:
        raise ClusterError(UNAVAILABLE, f"the cluster is not up\nnext:  {make_command(settings, 'cluster-start')}")
    dead = [daemon for daemon in daemons if daemon.process() is None]
    names = [name for name, *_ in recorded_plan(folder).daemons(folder)]
    for daemon in sorted(daemons, key=lambda daemon: names.index(daemon.name)):
        print(f"{daemon.name:16}{'ended' if daemon in dead else 'running':10}{daemon.page:28}log: {daemon.log}")
    master = json.loads(cluster_file(folder).read_text())["master"]
    state = answer(next(daemon.page for daemon in daemons if daemon.name == "master") + "/json/")
    if state:
        applications = ", ".join(application["name"] for application in state["activeapps"]) or "none"
        cores, used = state["cores"], state["coresused"]
        print(f"\nmaster {master}   workers {state['aliveworkers']}   cores {used} of {cores} in use   applications: {applications}")
    if dead:
        raise ClusterError(1, f"ended by itself: {', '.join(d.name for d in dead)}\nnext:  {make_command(settings, 'cluster-start')}")
    print(f"next:  {make_command(settings, f'run MASTER={master}')}\n       {make_command(settings, 'cluster-stop')}")


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """ClusterError: another command starts or stops the home's cluster; of two daemons for one port one would be on no record."""
    folder = cluster_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ClusterError(IN_USE, "another command starts or stops this cluster: let it end first") from error
        yield


CHANGES = {"start": start, "stop": stop, "restart": restart}


def main(name: str) -> int:
    try:
        settings = read_settings()
        if name == "status":
            status(settings)
        else:
            with alone(settings):
                CHANGES[name](settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except ClusterError as error:
        print(error, file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
