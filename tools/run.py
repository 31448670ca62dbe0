"""`make run`: one day through the whole DAG, in this terminal.

DAY=YYYY-MM-DD chooses the day (default: the newest landed day, or a day of sample data where none has landed), MILLRACE_HOME the home,
MILLRACE_MASTER a Spark master.
Exit codes: 0 done, 1 a task failed, 64 wrong usage, 66 the day has not landed or its bucket cannot be listed, 69 no Spark master answers,
73 no sample data could be made, 130 ended by Ctrl-C.
"""

import json
import os
import subprocess
import sys
from datetime import date

import fsspec

from include.buckets import BucketError, is_in_bucket, require_listing
from include.days import parse_day
from include.settings import DAG_ID, PROJECT, Settings, make_command, run_command
from spark_jobs.export_reports.places import reports_at
from tools.foreground import in_foreground, run_dag
from tools.outcome import outcome_lines
from tools.spark_command import fail

SAMPLE_DAY = "2026-11-01"
DATASETS = ("users", "requests", "profiles")


def main() -> int:
    return in_foreground(run_day)


def run_day(settings: Settings) -> int:
    """Choose the day, run it, tell its outcome."""
    day = choose_day(settings, os.environ.get("DAY", ""))
    code = run_dag(settings, DAG_ID, {"day": day})
    if code == 0:
        tell_outcome(settings, day)
        print(
            f"next:   {make_command(settings, 'airflow')}    (the web UI)\n"
            f"        {make_command(settings, 'run DAY=…')}   (another landed day)\n"
            "        make help"
        )
    return code


def choose_day(settings: Settings, asked: str) -> str:
    """The day asked for, or the newest landed one, or a fresh sample day. Exits with 64 or 66 where that is none."""
    try:
        require_listing(settings.landing)
    except BucketError as error:
        fail(66, f"the landing cannot be looked into: {error}")
    filesystem, landing = fsspec.url_to_fs(settings.landing)
    if asked:
        try:
            day = parse_day(asked)
        except ValueError as error:
            fail(64, f"DAY: {error}")
        missing = missing_markers(filesystem, landing, day)
        if missing:
            fail(66, not_landed(day, missing))
        return day
    begun = set.union(*[days_of(filesystem, f"{landing}/{name}") for name in DATASETS])
    complete = [day for day in sorted(begun) if not missing_markers(filesystem, landing, day)]
    if complete:
        return complete[-1]
    if begun:  # sample data has no place beside people's own
        day = max(begun)
        fail(66, f"no day in {landing} is complete; the newest:\n{not_landed(day, missing_markers(filesystem, landing, day))}")
    if is_in_bucket(settings.landing):
        fail(66, f"nothing has landed in {settings.landing}: write the files of a day, then its markers (docs/data.md)")
    print(f"nothing has landed in {landing}: making a day of sample data", flush=True)
    command = [sys.executable, "-m", "tools.sample_data", "--landing", landing, "--day", SAMPLE_DAY]
    made = subprocess.run(command, cwd=PROJECT)
    if made.returncode:
        fail(made.returncode, "no sample data: mend what is said above, or land a day of your own")
    return SAMPLE_DAY


# include/landing.py does the same for Airflow, whose import alone would take seconds of every start.
def missing_markers(filesystem: fsspec.AbstractFileSystem, landing: str, day: str) -> list[str]:
    """The markers of a day that are not there."""
    markers = [f"{landing}/{name}/dt={day}/_SUCCESS" for name in DATASETS]
    return [marker for marker in markers if not filesystem.exists(marker)]


def not_landed(day: str, missing: list[str]) -> str:
    names = "\n".join(f"  {marker}" for marker in missing)
    return f"{day} has not landed; missing:\n{names}\nWrite the day's files, then the markers (docs/data.md)."


def days_of(filesystem: fsspec.AbstractFileSystem, folder: str) -> set[str]:
    """The days that have a folder with something in it; a folder of another name is none."""
    names = {path.split("/")[-2].removeprefix("dt=") for path in filesystem.glob(f"{folder}/dt=*/*")}
    return {name for name in names if is_day(name)}


def is_day(text: str) -> bool:
    try:
        return bool(parse_day(text))
    except ValueError:
        return False


def tell_outcome(settings: Settings, day: str) -> None:
    content = reports_at(settings.reports).read(date.fromisoformat(day), "summary.json")
    if content is None:
        fail(1, f"{settings.reports} has no report of {day}, although its export has ended")
    summary = json.loads(content)
    print("\n".join(outcome_lines(summary)))
    filesystem, landing = fsspec.url_to_fs(settings.landing)
    for late_day, lines in summary.get("late_by_day", {}).items():
        is_landed = not missing_markers(filesystem, landing, late_day)
        again = run_command(settings, late_day)
        remedy = f"if it has not run since, take them in: {again}" if is_landed else "that day itself has not landed"
        print(f"{lines:,} late {'line' if lines == 1 else 'lines'} of {late_day}; {remedy}")
    print(f"\nreport: {settings.reports.removeprefix('file://').rstrip('/')}/dt={day}/index.html")


if __name__ == "__main__":
    sys.exit(main())
