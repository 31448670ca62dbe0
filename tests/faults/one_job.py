"""`python -m tests.faults.one_job HOME DAY JOB`: one job of a day's chain in a process of its own, to be killed there.

What the tries before it have staged is told by HOME/branches.json, as XComs tell it in Airflow: only a job that ends well is written there.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from spark_jobs.lake.entry import run_job as run_main
from tests.faults.jobs import run_job
from tests.integration.chain import Chain
from tests.session import open_session


def main(argv: Sequence[str]) -> None:
    home, day, job = Path(argv[0]), date.fromisoformat(argv[1]), argv[2]
    staged = home / "branches.json"
    chain = Chain(open_session(home, is_short=True), home)
    if staged.exists():
        chain.branches = {(stage, day): branch for stage, branch in json.loads(staged.read_text()).items()}
    run_job(chain, job, day)
    staged.write_text(json.dumps({stage: branch for (stage, _), branch in chain.branches.items()}))


if __name__ == "__main__":
    run_main(main)
