"""`make erase USER=…`: remove a user from the lake and all around it, with a receipt.

The days that hold the user run again through all gates, as `make run` runs them. Run it again after a failure or a crash: it goes on. The
name is taken from ERASE_USER and handed to the job by the environment alone. Exit codes: 0 erased, 1 a day failed, 64 wrong usage,
65 the name was found in the end, 66 a day's landing or the key is gone, 69 no Spark master answers, 75 something is at work, or (in
containers) the days have to run first, 130 ended by Ctrl-C.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from include.settings import DAG_ID, Machine, Settings, run_command
from spark_jobs.lake.visible import visible
from tools.airflow_ui import lock_home
from tools.foreground import in_foreground, run_dag
from tools.jobs import job_file
from tools.run_records import alive
from tools.spark_command import fail, job_command, settings_for_submit, submit_environment

NAME = "ERASE_USER"
# What make tells its recipes of its own command line holds the name too.
OF_MAKE = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")
BUSY = 75


def main() -> int:
    name = os.environ.pop(NAME, "")
    for variable in OF_MAKE:
        os.environ.pop(variable, None)
    if not name:
        fail(64, "USER is missing: make erase USER=<user_id>. It is taken from make's command line alone, since every shell has a USER.")
    live = os.environ.get("LIVE") or "keep"
    if live not in ("keep", "drop"):
        fail(64, f"LIVE: {live!r} is neither `keep`, which is meant where it is not given, nor `drop`")
    return in_foreground(lambda settings: erase(settings, name, live))


def erase(settings: Settings, name: str, live: str) -> int:
    """Plan, run the days, clean and search. While it runs neither `make airflow` nor another `make erase` starts on this home."""
    lock = nullcontext() if settings.in_containers else lock_home(settings)
    if lock is None or alive(settings):
        fail(BUSY, f"Airflow, a run or another erasure is at work on {settings.home}: let it end, or end it with Ctrl-C; then erase again")
    with lock:
        run_id = f"erase__{datetime.now(UTC):%Y%m%dT%H%M%SZ}__{token_hex(4)}"
        code, told = step("begin", settings, name, run_id, live)
        if code:
            return code
        if told["days"] and settings.in_containers:
            print(days_to_run(settings, told["days"]))
            return BUSY
        for day in told["days"]:
            if run_dag(settings, DAG_ID, {"day": day}):
                print(f"{day} did not run to its end, so the user is not erased yet: mend the cause, then run the same command again")
                return 1
        shutil.rmtree(settings.home / "replay", ignore_errors=True)  # of `make stream`, which makes it anew
        code, told = step("finish", settings, name, run_id, live)
        if code == 0:
            print("\n".join(outcome_lines(told["receipt"], told["document"])))
        return code


def step(which: str, settings: Settings, name: str, run_id: str, live: str) -> tuple[int, dict[str, Any]]:
    """One half of the job: its exit code, and what it tells."""
    machine = Machine.read()
    settings_for_submit()
    with TemporaryDirectory(prefix="millrace-erase-") as folder:
        told = Path(folder) / "told.json"
        words = arguments(settings, which, run_id, live, told)
        env = submit_environment(settings, machine) | {NAME: name}
        code = subprocess.run(job_command(settings, machine, job_file("erase"), words), env=env).returncode
        return code, {} if code else json.loads(told.read_text())


def arguments(settings: Settings, which: str, run_id: str, live: str, told: Path) -> list[str]:
    logs = log_folders(settings)
    given = {
        "step": which,
        "run_id": run_id,
        "live": live,
        "landing_uri": settings.landing,
        "warehouse_uri": settings.warehouse,
        "work_uri": settings.work,
        "reports_uri": settings.reports,
        "log_uris": ",".join(logs),
        "beside_uris": ",".join(beside(settings, logs)),
        "erasure_key_file": settings.erasure_key,
        "max_line_bytes": settings.max_line_bytes,
        "told_file": told,
    }
    return [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def log_folders(settings: Settings) -> list[str]:
    """Airflow's logs, those of runs and services, event logs of `make cluster-start`, and executors' output there and in containers."""
    executors = [*(settings.home / "cluster").glob("worker-*/"), *(settings.home / "scratch").glob("applications/")]
    folders = [settings.home / "logs", settings.home / "events", *executors]
    told = os.environ.get("AIRFLOW__LOGGING__BASE_LOG_FOLDER")
    return sorted({folder.as_uri() for folder in [*folders, *([Path(told)] if told else [])]})


def beside(settings: Settings, logs: Iterable[str]) -> list[str]:
    """What else lies in the home: the catalog, Airflow's database, notebooks."""
    others = {settings.landing, settings.warehouse, settings.work, settings.reports, *logs, settings.uri("secrets"), settings.uri("replay")}
    if not settings.home.is_dir():
        return []
    return sorted(uri for path in settings.home.iterdir() if (uri := path.as_uri()) not in others and "," not in uri)


def days_to_run(settings: Settings, days: Iterable[str]) -> str:
    lines = [f"  {run_command(settings, day)}" for day in days]
    return "\n".join(["the user is on the list; now run these days, unpause no other, and erase again when they have ended:", *lines])


def outcome_lines(uri: str, document: dict[str, Any]) -> list[str]:
    """What people are told in the end; nothing of it holds the name."""
    if not document["was_there"]:
        lines = ["the user was nowhere; should lines of that name land, they are left out"]
    else:
        rows = document["rows_removed"]
        lines = [f"{'table':30}{'rows removed':>14}", *(f"{table:30}{number:>14,}" for table, number in rows.items())] if rows else []
        lines += [f"{kind}: {number:,}" for kind, number in document["removed"].items() if number]
        lines.append("the search of all that is left found nothing of the user")
    lines += [f"mentioned by others, not changed: {place} ({number:,})" for place, number in document["search"]["mentions"].items()]
    landed = document["landing"]["lines"]
    if landed:
        lines.append("landed files that hold the user; their owner has to erase these lines, and runs leave them out meanwhile:")
        lines += [f"  {visible(file)}: {number:,} {'line' if number == 1 else 'lines'}" for file, number in landed.items()]
    others = document["landing"]["others"]
    if others:
        lines.append("other files of the landing folder that hold the name, for their owner too:")
        lines += [f"  {visible(file)}" for file in others]
    return [*lines, f"receipt: {uri.removeprefix('file://')}"]


if __name__ == "__main__":
    sys.exit(main())
