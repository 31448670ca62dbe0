"""A run of a DAG in this terminal: what `make run` and `make rollback` have in common.

Exit codes: 0 done, 1 a task failed, 64 wrong usage, 69 no Spark master answers, 130 ended by Ctrl-C.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

from include.settings import PROJECT, Machine, Settings, SettingsError, read_settings
from tools.abandoned import end_abandoned
from tools.airflow_env import airflow_env, migrate_database
from tools.cluster.errors import ClusterError
from tools.cluster.ready import require_master
from tools.services import kill_children
from tools.spark_command import fail

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def in_foreground(action: Callable[[Settings], int]) -> int:
    """Run `action` with the settings; its exit code. Ctrl-C ends all that it has started. Exits with 64 where the settings are wrong."""
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        settings = read_settings()
    except SettingsError as error:
        fail(64, str(error))
    try:
        return action(settings)
    except KeyboardInterrupt:
        kill_children()
        print("stopped; nothing unaudited was published. Run it again when you like.", flush=True)
        end_abandoned(settings, airflow_env(settings, Machine.read()))
        return 130


def run_dag(settings: Settings, dag_id: str, params: Mapping[str, str]) -> int:
    """Run the DAG once with its Params, of which `day` is one, and show how it goes: 0 or 1. Exits with 69 where no master answers."""
    try:
        require_master(settings.master)
    except ClusterError as error:
        fail(error.code, str(error))
    env = airflow_env(settings, Machine.read())
    migrate_database(settings, env)
    end_abandoned(settings, env)
    log = settings.home / "logs" / "runs" / f"{params['day']}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"{dag_id} {' '.join(params.values())}   log: {log}", flush=True)
    started = time.monotonic()
    code = _run_in_a_process(dag_id, params, env, log)
    print(f"\n{'done' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


def _run_in_a_process(dag_id: str, params: Mapping[str, str], env: dict[str, str], log: Path) -> int:
    """Run the DAG in a process group of its own, showing each task; Ctrl-C ends all of it."""
    reading, writing = os.pipe()
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tools.dag_run", dag_id, json.dumps(params), str(writing)],
            env=env, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT, pass_fds=[writing], start_new_session=True,
        )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as events:
        told = show_progress(events)
    code = child.wait()
    if code and not told:
        print("\n".join(log.read_text(errors="replace").splitlines()[-15:]))
    return 1 if code else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    # `timeout` and Ctrl-C may signal both make and this process: a second signal must not cut the end short.
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def show_progress(events: TextIO) -> bool:
    """Print a line for each start and end of a task; returns whether a failure was explained."""
    told = False
    for line in events:
        event = json.loads(line)
        seconds = "" if event["event"] == "started" else f"{event['seconds']:8.1f} s"
        print(f"{datetime.now():%H:%M:%S}  {event['event']:8}{event['task']:40}{seconds}".rstrip(), flush=True)
        if event["message"]:
            print(event["message"], flush=True)
            told = told or event["event"] == "failed"
    return told
