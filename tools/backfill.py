"""`make backfill FROM=… TO=…`: run every day of a period through a running Airflow (`make airflow`), both days included.

A day that has run is run again, which is safe: its tables are a function of the landing folder. MILLRACE_HOME must be the one that
Airflow runs with. Exit codes: 0 the runs are queued, 64 wrong usage, 66 no Airflow runs, else Airflow's own.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from include.days import parse_day
from include.settings import DAG_ID, Machine, SettingsError, read_settings
from tools.airflow_env import airflow_env
from tools.airflow_ui import lock_home
from tools.spark_command import fail


def main() -> int:
    try:
        first, last = period(os.environ)
        settings = read_settings()
    except (SettingsError, ValueError) as error:
        fail(64, str(error))
    lock = lock_home(settings)
    if lock is not None:
        lock.close()
        fail(66, f"no Airflow runs for {settings.home}: start it first with `make airflow`, with the same MILLRACE_HOME")
    env = airflow_env(settings, Machine.read())
    for command in (["dags", "unpause", "--yes", DAG_ID], backfill_command(first, last)):
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            return done.returncode
    print(
        f"queued {first} to {last}: the web page shows each run; one whose day has not landed waits for it\n"
        f"{DAG_ID} is switched on by that: it also runs daily for the day before, until you switch it off in the web page"
    )
    return 0


def period(environment: Mapping[str, str]) -> tuple[str, str]:
    """FROM and TO as days; ValueError names the one that is missing or wrong."""
    days = []
    for name in ("FROM", "TO"):
        if not environment.get(name):
            raise ValueError(f"{name} is missing: make backfill FROM=2026-11-01 TO=2026-11-07")
        try:
            days.append(parse_day(environment[name]))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    if days[0] > days[1]:
        raise ValueError(f"FROM={days[0]} is after TO={days[1]}")
    return days[0], days[1]


def backfill_command(first: str, last: str) -> list[str]:
    return ["backfill", "create", "--dag-id", DAG_ID, "--from-date", first, "--to-date", last, "--reprocess-behavior", "completed"]


if __name__ == "__main__":
    sys.exit(main())
