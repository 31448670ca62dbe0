"""Ends the runs of `make run` that were cut off, in Airflow's database: `python -m tools.abandoned`, in Airflow's environment.

Their unfinished tasks and they themselves become `failed`, which frees the slots that they hold. Running it again changes nothing.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from include.settings import PROJECT, Settings, settings
from tools.run_records import abandoned


def end_abandoned(settings: Settings, env: Mapping[str, str]) -> None:
    """Do it in a process of its own, where there is something to do: Airflow takes seconds to start."""
    if abandoned(settings):
        subprocess.run([sys.executable, "-m", "tools.abandoned"], env=env, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    records = abandoned(settings())
    end_runs([run_id for record in records if (run_id := record.read_text())])
    for record in records:
        record.unlink()


def end_runs(run_ids: Sequence[str]) -> None:
    """Mark the runs and what of them is unfinished as failed."""
    from airflow.models import DagRun, TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState, State, TaskInstanceState
    from sqlalchemy import update

    now = datetime.now(UTC)
    with create_session() as session:
        of_tasks = TaskInstance.run_id.in_(run_ids) & TaskInstance.state.in_([state for state in State.unfinished if state])
        session.execute(update(TaskInstance).where(of_tasks).values(state=TaskInstanceState.FAILED, end_date=now))
        of_runs = DagRun.run_id.in_(run_ids) & DagRun.state.in_([DagRunState.RUNNING, DagRunState.QUEUED])
        session.execute(update(DagRun).where(of_runs).values(state=DagRunState.FAILED, end_date=now))


if __name__ == "__main__":
    main()
