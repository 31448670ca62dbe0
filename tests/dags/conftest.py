"""The DAGs as Airflow parses them, and what their templates render to for one day."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.settings import PROJECT
from tests.dags.expected import BRANCH, DAGS, DAILY, DAY, LAST_DAY, RELEASE, STREAMED_AT


@pytest.fixture(scope="session")
def dag_bag() -> DagBag:
    return DagBag(dag_folder=str(PROJECT / "dags"))


@pytest.fixture(scope="session")
def dag(dag_bag: DagBag) -> DAG:
    """The daily chain."""
    return dag_bag.dags["web_activity_daily"]


@pytest.fixture(scope="session", params=DAGS)
def any_dag(request: pytest.FixtureRequest, dag_bag: DagBag) -> DAG:
    return dag_bag.dags[request.param]


@pytest.fixture(scope="session", params=DAILY)
def daily_dag(request: pytest.FixtureRequest, dag_bag: DagBag) -> DAG:
    return dag_bag.dags[request.param]


@pytest.fixture(scope="session")
def rollback(dag_bag: DagBag) -> DAG:
    return dag_bag.dags["web_activity_rollback"]


class TaskInstance:
    """Stands for the task instance in templates: nothing has run, so there is no real one.

    A stage has handed over a branch, the stream when it began.
    """

    try_number = 1

    def xcom_pull(self, task_ids: str) -> str:
        if task_ids == "stream_requests":
            return STREAMED_AT
        group, _, task = task_ids.partition(".")
        assert group == task, f"{task_ids} is no stage"
        return f"{BRANCH}_{task}"


CHOSEN = {"day": DAY, "release": RELEASE, "dry_run": False, "from": DAY, "to": LAST_DAY, "dataset": "requests", "reason": "all"}


@pytest.fixture(scope="session")
def rendered(dag_bag: DagBag) -> Any:
    """Renders the arguments of a task for a run by hand with the DAG's Params, as Airflow does before it executes the task."""

    def render(dag_id: str, task_id: str) -> list[str]:
        params = {name: CHOSEN[name] for name in dag_bag.dags[dag_id].params}
        of_run = {"run_id": "manual__2026-11-22T00:00:00", "dag_run": SimpleNamespace(run_after=datetime(2026, 11, 22, tzinfo=UTC))}
        context = {"params": params, "data_interval_start": None, "ti": TaskInstance(), **of_run}
        dag = dag_bag.dags[dag_id]
        task: Any = dag.get_task(task_id)
        return list(task.render_template(task.application_args, context, dag.get_template_env()))

    return render
