"""A run whose configuration names what its DAG has no Param for does nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException

from include.run_conf import check_run_conf
from include.settings import PROJECT


@pytest.fixture(scope="module")
def dags() -> dict[str, Any]:
    return dict(DagBag(dag_folder=str(PROJECT / "dags")).dags)


@pytest.mark.parametrize("conf", [{}, None, {"dry_run": True}])
def test_params_are_known(dags: dict[str, Any], conf: Any) -> None:
    check_run_conf({"dag": dags["lake_maintenance"], "dag_run": SimpleNamespace(conf=conf)})


@pytest.mark.parametrize(
    ("dag_id", "conf", "message"),
    [
        ("lake_maintenance", {"dryrun": True}, r"holds 'dryrun', of which this DAG knows nothing. Its Params are dry_run: trigger it anew"),
        ("web_activity_daily", {"day": "2026-11-01", "Day": "x", "\x1b[31m": 1}, r"holds '.x1b\[31m', 'Day', of .* Its Params are day:"),
    ],
)
def test_any_other_name_is_refused(dags: dict[str, Any], dag_id: str, conf: Any, message: str) -> None:
    with pytest.raises(AirflowFailException, match=message):
        check_run_conf({"dag": dags[dag_id], "dag_run": SimpleNamespace(conf=conf)})


def test_every_task_of_every_dag_checks_it(dags: dict[str, Any]) -> None:
    tasks = [task for dag in dags.values() for task in dag.tasks]
    hooks = {task.partial_kwargs["pre_execute"] if task.is_mapped else task._pre_execute_hook for task in tasks}
    assert hooks == {check_run_conf}
