"""`make releases`: the releases on record, of DAY=YYYY-MM-DD or of all days, and which of them can still be restored.

Exit codes: 0 done, 64 wrong usage, 69 no Spark master answers, else the job's own.
"""

import os
import sys
from collections.abc import Mapping

from include.days import parse_day
from include.settings import make_command, read_settings
from tools.spark_command import fail, run_job


def main() -> int:
    try:
        words = job_words(os.environ)
    except ValueError as error:
        fail(64, f"DAY: {error}")
    code = run_job("releases", words)
    settings = read_settings()
    if code == 0 and not settings.in_containers:
        print(
            f"\nnext:   {make_command(settings, 'release-diff DAY=… FROM=… TO=…')}   (what two releases of a day differ in)\n"
            f"        {make_command(settings, 'rollback DAY=… RELEASE=…')}        (takes a day back to a release whose snapshots are kept)"
        )
    return code


def job_words(environment: Mapping[str, str]) -> list[str]:
    """The job's arguments. ValueError: DAY is no day."""
    return ["--day", parse_day(environment["DAY"])] if environment.get("DAY") else []


if __name__ == "__main__":
    sys.exit(main())
