"""The way into and out of every job: one parser style, one place that maps failures to exit codes."""

import argparse
import math
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import NoReturn

from spark_jobs.lake.buckets import bucket_failure
from spark_jobs.lake.errors import JobError, WrongUsage
from spark_jobs.lake.surroundings import surroundings_failure


class JobParser(argparse.ArgumentParser):
    """An argument parser that exits with 64 (EX_USAGE), prints its whole usage to stderr and takes no shortened names."""

    def __init__(self, prog: str, description: str | None) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.print_help(sys.stderr)
        self.exit(WrongUsage.exit_code, f"\n{self.prog}: {message}\n")


def iso_day(text: str) -> date:
    """Parse `YYYY-MM-DD` and nothing else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise argparse.ArgumentTypeError(f"{text!r} is no day of the calendar in the form YYYY-MM-DD")
    return day


def moment(text: str) -> datetime:
    """Parse an ISO 8601 moment with its offset; returned in UTC."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment with its offset, such as 2026-11-01T00:00:00Z")
    return value.astimezone(UTC)


def comma_separated(text: str) -> list[str]:
    """Parse names with commas between them, at least one."""
    parts = text.split(",")
    if not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of names with commas between them")
    return parts


def share(text: str) -> float:
    """Parse a share from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return value


def natural(text: str) -> int:
    """Parse a whole number from 0."""
    return _whole_number(text, 0)


def positive(text: str) -> int:
    """Parse a whole number from 1."""
    return _whole_number(text, 1)


def _whole_number(text: str, least: int) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least}")
    return int(text)


def run_job(main: Callable[[Sequence[str]], None]) -> NoReturn:
    """Run `main` on the process's arguments and exit with the code of the failure, if any.

    A JobError is told in its own words; so is a failure of a bucket, the catalog's database or the disk, below its traceback. Anything
    else is a bug or a broken machine and keeps its traceback alone.
    """
    try:
        main(sys.argv[1:])
    except JobError as error:
        _exit_with(error)
    except Exception as error:
        failure = bucket_failure(error) or surroundings_failure(error)
        if failure is None:
            raise
        traceback.print_exc()
        _exit_with(failure)
    sys.exit(0)


def _exit_with(error: JobError) -> NoReturn:
    print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    sys.exit(error.exit_code)
