"""`python -m tests.faults.one_day HOME DAY`: the chain of one day in a process of its own, on the lake of the home, to be killed there."""

import sys
from datetime import date
from pathlib import Path

from spark_jobs.lake.errors import JobError
from tests.integration.chain import Chain
from tests.session import open_session


def main(home: str, day: str) -> int:
    chain = Chain(open_session(Path(home)), Path(home))
    try:
        chain.run(date.fromisoformat(day))
    except JobError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
