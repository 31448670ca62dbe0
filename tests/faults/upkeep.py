"""`python -m tests.faults.upkeep HOME KEPT_FROM`: the upkeep of a home whose time of keeping began at a moment, in seconds since the epoch.

Two files of a day are put together, as the days are small.
"""

from collections.abc import Sequence
from pathlib import Path

from spark_jobs.lake.entry import run_job
from spark_jobs.maintain import files, job
from tests.session import open_session


def main(argv: Sequence[str]) -> None:
    home, kept_from = argv
    open_session(Path(home), is_short=True)
    files.MIN_FILES = 2
    job.Upkeep.kept_from_seconds = float(kept_from)  # type: ignore[assignment, method-assign]
    job.main(["--work-uri", (Path(home) / "work").as_uri(), "--keep-days", "1", "--dry-run", "no"])


if __name__ == "__main__":
    run_job(main)
