"""`python -m tests.faults.upkeep HOME`: the upkeep of a home, for which the time of keeping is over for all that was made until now."""

from collections.abc import Sequence
from pathlib import Path

from spark_jobs.lake.entry import run_job
from spark_jobs.maintain import job
from tests.session import open_session


def main(argv: Sequence[str]) -> None:
    (home,) = argv
    open_session(Path(home))
    job.DAY_SECONDS = 0
    job.main(["--work-uri", (Path(home) / "work").as_uri(), "--keep-days", "1", "--dry-run", "no"])


if __name__ == "__main__":
    run_job(main)
