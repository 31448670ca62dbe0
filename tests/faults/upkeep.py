"""`python -m tests.faults.upkeep HOME`: the upkeep of a home for which a day of keeping lasts ten minutes, longer than stage and gate."""

from collections.abc import Sequence
from pathlib import Path

from spark_jobs.lake.entry import run_job
from spark_jobs.maintain import job
from tests.session import open_session

DAY_SECONDS = 600


def main(argv: Sequence[str]) -> None:
    (home,) = argv
    open_session(Path(home), is_short=True)
    job.DAY_SECONDS = DAY_SECONDS
    job.main(["--work-uri", (Path(home) / "work").as_uri(), "--keep-days", "1", "--dry-run", "no"])


if __name__ == "__main__":
    run_job(main)
