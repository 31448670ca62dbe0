"""`make release-diff DAY=… FROM=… TO=…`: rows added, removed and changed from one release of a day to another, table by table.

Exit codes: 0 done, 64 wrong usage, 66 no such release, or its snapshots have expired, 69 no Spark master answers, else the job's own.
"""

import os
import sys
from collections.abc import Mapping

from tools.rollback import day_and_releases
from tools.spark_command import fail, run_job


def main() -> int:
    try:
        words = job_words(os.environ)
    except ValueError as error:
        fail(64, str(error))
    return run_job("release_diff", words)


def job_words(environment: Mapping[str, str]) -> list[str]:
    """The job's arguments. ValueError names the variable that is missing or wrong."""
    day, (before, after) = day_and_releases(environment, "FROM", "TO", usage="make release-diff DAY=2026-11-01 FROM=<release> TO=<release>")
    return ["--day", day, "--from", before, "--to", after]


if __name__ == "__main__":
    sys.exit(main())
