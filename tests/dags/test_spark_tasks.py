"""What every Spark task has in common, and what its gate announces."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, BaseHook

from include.operators import JobOperator, StageOperator
from include.settings import PROJECT
from include.tables import TABLES
from spark_jobs.gate.schema import STAGED
from tests.dags.expected import DAGS, PACKAGES, RESTORE_TASKS, SENSORS, STAGES, STAGING_TASKS, TASKS


@pytest.fixture(params=TASKS, ids=".".join)
def task(request: pytest.FixtureRequest, dag_bag: DagBag) -> Any:
    dag_id, task_id = request.param
    return dag_bag.dags[dag_id].get_task(task_id)


def test_no_spark_task_is_missing_from_these_tests(any_dag: DAG) -> None:
    assert {task.task_id for task in any_dag.tasks if isinstance(task, JobOperator)} == set(DAGS[any_dag.dag_id])


def test_only_stages_and_restores_hand_over_a_branch(dag_bag: DagBag) -> None:
    assert {task.task_id for dag in dag_bag.dags.values() for task in dag.tasks if isinstance(task, StageOperator)} == set(STAGING_TASKS)


def test_what_never_comes_back_is_not_waited_for(task: Any) -> None:
    """A release, or a checkpoint of the stream, unlike what has not landed yet."""
    assert set(task.final_exit_codes) == ({64, 65, 66} if task.task_id in (*RESTORE_TASKS, "stream_requests") else {64, 65})


def test_it_waits_for_a_slot_of_the_pool_and_ends_in_time(task: Any) -> None:
    assert task.pool == "spark"
    assert task.execution_timeout == timedelta(hours=4)


def test_it_is_tried_again_with_growing_pauses(task: Any) -> None:
    assert (task.retries, task.retry_delay) == (2, timedelta(seconds=30))
    assert task.retry_exponential_backoff == 2.0
    assert task.max_retry_delay == timedelta(minutes=15)


def test_it_submits_its_job_in_client_mode_through_the_spark_connection(task: Any) -> None:
    job = PROJECT / "spark_jobs" / PACKAGES[task.task_id] / "job.py"
    assert Path(task.application) == job and job.is_file()
    assert task._deploy_mode == "client"
    assert task._conn_id == "spark_default"
    assert Path(task.properties_file).is_file()


def test_its_connection_resolves_to_a_master_and_not_to_yarn(task: Any) -> None:
    # The hook takes `yarn` in silence when the connection is missing or was written as a URI that it cannot read.
    connection = BaseHook.get_connection(task._conn_id)
    assert (connection.conn_type, connection.host) == ("spark", "local[2]")
    assert task._get_hook()._resolve_connection()["master"] == "local[2]"


def test_someone_is_told_when_it_fails(task: Any) -> None:
    callbacks = task.on_failure_callback
    assert "explain_failure" in [callback.__name__ for callback in (callbacks if isinstance(callbacks, list) else [callbacks])]


@pytest.mark.parametrize("dag_id", SENSORS)
def test_the_sensor_frees_its_slot_while_it_waits(dag_bag: DagBag, dag_id: str) -> None:
    sensor: Any = dag_bag.dags[dag_id].get_task(SENSORS[dag_id])
    assert sensor.mode == "reschedule"
    assert sensor.timeout == 24 * 3600
    assert sensor.retries == 2  # of a bucket that cannot be looked into
    assert sensor.pool == "default_pool"


def test_the_tables_that_airflow_knows_are_those_that_the_gates_publish() -> None:
    assert {stage: tuple(table.name for table in tables) for stage, tables in STAGED.items()} == TABLES


@pytest.mark.parametrize("stage", STAGES)
def test_a_gate_announces_the_tables_of_its_stage(dag: DAG, rollback: DAG, stage: str) -> None:
    for gate in (dag.get_task(f"{stage}.gate_{stage}"), rollback.get_task(f"restore_{stage}.gate_{stage}")):
        assert [asset.name for asset in gate.outlets] == [table.name for table in STAGED[stage]]
        assert all(asset.uri.startswith("millrace://lake/") for asset in gate.outlets)
