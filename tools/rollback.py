"""`make rollback DAY=… RELEASE=…`: take a day back to one of its releases, through every gate, in this terminal.

Exit codes: 0 done, 1 a task failed, 64 wrong usage, 66 no such release, or its snapshots have expired, 69 no Spark master answers,
130 ended by Ctrl-C.
"""

import os
import sys
from collections.abc import Mapping

from include.days import parse_day
from include.releases import parse_release
from include.settings import Settings, make_command
from tools.foreground import in_foreground, run_dag
from tools.run import tell_outcome
from tools.spark_command import fail, run_job

DAG_ID = "web_activity_rollback"


def main() -> int:
    return in_foreground(roll_back)


def roll_back(settings: Settings) -> int:
    """Restore the release and tell the outcome, which is a release of its own."""
    try:
        day, (release,) = day_and_releases(os.environ, "RELEASE", usage="make rollback DAY=2026-11-01 RELEASE=<release>")
    except ValueError as error:
        fail(64, str(error))
    # Looked up first: a run of the DAG is not begun for a release that there is not.
    code = run_job("releases", ["--day", day, "--release", release]) or run_dag(settings, DAG_ID, {"day": day, "release": release})
    if code == 0:
        tell_outcome(settings, day)
        print(f"next:   {make_command(settings, f'releases DAY={day}')}    (the newest is this one, and can be compared with the others)")
    return code


def day_and_releases(environment: Mapping[str, str], *names: str, usage: str) -> tuple[str, list[str]]:
    """DAY and the releases of that day in the named variables; ValueError names the one that is missing or wrong."""
    for name in ("DAY", *names):
        if not environment.get(name):
            raise ValueError(f"{name} is missing: {usage}; `make releases` lists the releases")
    parsed: dict[str, str] = {}
    for name in ("DAY", *names):
        try:
            parsed[name] = parse_day(environment[name]) if name == "DAY" else parse_release(environment[name], parsed["DAY"])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return parsed["DAY"], [parsed[name] for name in names]


if __name__ == "__main__":
    sys.exit(main())
