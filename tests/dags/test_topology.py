"""The order of the tasks: nothing goes past a gate."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from tests.dags.expected import GATES, RESTORE_TASKS, ROLLBACK_GATES, SPARK_TASKS, STAGE_TASKS, STAGES


def reachable(dag: DAG, start: str, without: Iterable[str]) -> set[str]:
    """Every task that comes after `start` in the graph that is left without some tasks."""
    closed, ahead = set(without), [start]
    found: set[str] = set()
    while ahead:
        for task_id in dag.get_task(ahead.pop()).downstream_task_ids - found - closed:
            found.add(task_id)
            ahead.append(task_id)
    return found


def test_the_dag_has_these_tasks_and_no_others(dag: DAG) -> None:
    assert set(dag.task_ids) == {"wait_for_landing", *SPARK_TASKS}


def test_the_chain_is_one_line_from_the_landing_to_the_reports(dag: DAG) -> None:
    pairs = [task_id for pair in zip(STAGE_TASKS, GATES, strict=True) for task_id in pair]
    line = ["wait_for_landing", *pairs, "export_reports"]
    for task_id, following in pairwise(line):
        assert dag.get_task(task_id).downstream_task_ids == {following}
    assert dag.get_task(line[-1]).downstream_task_ids == set()


def test_a_rollback_is_one_line_from_the_first_stage_to_the_reports(rollback: DAG) -> None:
    line = [*[task_id for pair in zip(RESTORE_TASKS, ROLLBACK_GATES, strict=True) for task_id in pair], "export_reports"]
    assert set(rollback.task_ids) == set(line)
    for task_id, following in pairwise(line):
        assert rollback.get_task(task_id).downstream_task_ids == {following}


@pytest.mark.parametrize("stage", STAGES)
def test_without_its_gate_nothing_follows_a_stage(dag: DAG, stage: str) -> None:
    assert reachable(dag, f"{stage}.{stage}", without=[f"{stage}.gate_{stage}"]) == set()


def test_the_audit_is_one_task_after_its_sensor_and_publishes_nothing(dag_bag: DagBag) -> None:
    audit = dag_bag.dags["raw_log_audit"]
    assert {task.task_id: task.downstream_task_ids for task in audit.tasks} == {
        "wait_for_publication": {"audit_raw_logs"},
        "audit_raw_logs": set(),
    }
    assert not any(task.outlets for task in audit.tasks)


def test_the_stream_is_compared_after_it_has_run_and_publishes_nothing_by_a_gate(dag_bag: DagBag) -> None:
    stream = dag_bag.dags["web_activity_stream"]
    assert {task.task_id: task.downstream_task_ids for task in stream.tasks} == {
        "stream_requests": {"compare_live"},
        "compare_live": set(),
    }
    assert not any(task.outlets for task in stream.tasks)


def test_a_task_runs_only_when_all_before_it_succeeded(any_dag: DAG) -> None:
    assert {task.trigger_rule.value for task in any_dag.tasks} == {"all_success"}
    assert not any(task.depends_on_past or task.wait_for_downstream for task in any_dag.tasks)


def test_only_gates_publish(dag: DAG, rollback: DAG) -> None:
    assert {task.task_id for task in dag.tasks if task.outlets} == set(GATES)
    assert {task.task_id for task in rollback.tasks if task.outlets} == set(ROLLBACK_GATES)
