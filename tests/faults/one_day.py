"""`python -m tests.faults.one_day HOME DAY`: the chain of one day in a process of its own, on the lake of the home, to be killed there."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from spark_jobs.lake.entry import run_job
from tests.integration.chain import Chain
from tests.session import open_session


def main(argv: Sequence[str]) -> None:
    home, day = argv
    Chain(open_session(Path(home), is_short=True), Path(home)).run(date.fromisoformat(day))


if __name__ == "__main__":
    run_job(main)
