"""Waiting for a cluster's daemons, and asking its master."""

import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from tools.cluster.daemons import Daemon
from tools.cluster.errors import UNAVAILABLE, ClusterError
from tools.cluster.plan import HOST, Plan

START_TIMEOUT_SECONDS = 90
CONNECT_SECONDS = 5


def require_master(master: str) -> None:
    """ClusterError: nobody answers at any place of a spark:// URL, for which a driver would wait a minute; local[…] needs nobody."""
    if not master.startswith("spark://"):
        return
    refused = []
    for place in master.removeprefix("spark://").split(","):
        parts = urlsplit(f"//{place}")
        try:
            socket.create_connection((parts.hostname or "", parts.port or 7077), CONNECT_SECONDS).close()
        except OSError as error:
            refused.append(str(error))
        else:
            return
    raise ClusterError(UNAVAILABLE, f"no Spark master answers at {master} ({'; '.join(refused)}): make cluster-start, or unset MASTER")


def wait_until_joined(plan: Plan, daemons: list[Daemon]) -> None:
    """Tell each daemon as it answers. ClusterError: one ended by itself, or it took too long."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    told: set[str] = set()
    while len(told) < len(daemons):
        alive = joined(plan)
        for daemon in daemons:
            if daemon.process() is None:
                raise ClusterError(1, f"{daemon.name} ended by itself:\n{daemon.last_lines()}\nlog: {daemon.log}")
            if daemon.name not in told and is_up(daemon, alive):
                told.add(daemon.name)
                print(f"up: {daemon.name:16}{daemon.page}", flush=True)
        if time.monotonic() > deadline:
            late = [daemon for daemon in daemons if daemon.name not in told]
            raise ClusterError(1, f"not up after {START_TIMEOUT_SECONDS} s: {', '.join(f'{d.name} (log: {d.log})' for d in late)}")
        time.sleep(0.3)


def joined(plan: Plan) -> set[str]:
    """The pages of the workers that the master has."""
    state = answer(f"http://{HOST}:{plan.page_port}/json/")
    return {worker["webuiaddress"] for worker in state.get("workers", []) if worker["state"] == "ALIVE"}


def is_up(daemon: Daemon, joined_pages: set[str]) -> bool:
    """A worker is up once its master knows it, any other daemon once its page answers."""
    if daemon.name.startswith("worker-"):
        return daemon.page in joined_pages
    path = "/json/" if daemon.name == "master" else "/api/v1/version"
    return bool(answer(daemon.page + path))


def answer(url: str) -> dict[str, Any]:
    """The JSON of a page; empty while nobody answers."""
    try:
        with urlopen(url, timeout=5) as response:
            found: dict[str, Any] = json.load(response)
            return found
    except (OSError, ValueError):
        return {}
