"""The replay's Params, and which runs it starts."""

import copy
import json
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, DagRunTriggerException

from include.operators import ReplayOperator
from include.storage import storage_path
from spark_jobs.ingest import datasets
from spark_jobs.ingest.reasons import Reason
from tests.dags.expected import DAY, LAST_DAY
from tests.dags.test_arguments import Render, by_name
from tests.s3 import Bucket


@pytest.fixture
def replay(dag_bag: DagBag) -> DAG:
    return dag_bag.dags["quarantine_replay"]


def chosen_runs(replay: DAG, days: list[str], dry_run: bool, run_id: str = "manual__1") -> list[dict[str, Any]]:
    task: Any = replay.get_task("choose_runs")
    runs: list[dict[str, Any]] = task.python_callable(days, {"dry_run": dry_run}, run_id)
    return runs


def test_it_is_one_line_and_starts_only_by_hand(replay: DAG) -> None:
    assert replay.schedule is None
    assert {task.task_id: task.downstream_task_ids for task in replay.tasks} == {
        "replay_quarantine": {"choose_runs"},
        "choose_runs": {"run_day"},
        "run_day": set(),
    }
    assert not any(task.outlets for task in replay.tasks)


def test_it_does_nothing_unless_it_is_told_to(replay: DAG) -> None:
    assert {name: replay.params.get_param(name).resolve() for name in ("dataset", "reason", "dry_run")} == {
        "dataset": "all",
        "reason": "all",
        "dry_run": True,
    }
    for name in ("from", "to"):
        with pytest.raises(Exception, match="No value passed"):
            replay.params.get_param(name).resolve()


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("day", ["2026-13-45", "20261101", "2026-11-1", "2026-11-01T00:00:00", "2026-11-01\n", "", "today", None, 5])
def test_its_days_are_days(replay: DAG, name: str, day: Any) -> None:
    assert copy.deepcopy(replay.params.get_param(name)).resolve(DAY) == DAY
    with pytest.raises(Exception, match=r"does not match|is not a|not of type"):
        replay.params.get_param(name).resolve(day)


@pytest.mark.parametrize("name, value", [("dataset", "user"), ("dataset", ""), ("reason", "bad_ip"), ("reason", None), ("dry_run", "no")])
def test_other_values_are_refused(replay: DAG, name: str, value: Any) -> None:
    with pytest.raises(Exception, match=r"is not one of|not of type"):
        replay.params.get_param(name).resolve(value)


def test_it_knows_every_dataset_and_every_reason(replay: DAG) -> None:
    assert set(replay.params.get_param("dataset").schema["enum"]) == {"all", *(dataset.name for dataset in datasets.ALL)}
    assert replay.params.get_param("reason").schema["enum"] == ["all", *Reason]


def test_its_job_is_given_the_params(rendered: Render) -> None:
    given = by_name(rendered("quarantine_replay", "replay_quarantine"))
    assert (given["--first-day"], given["--last-day"], given["--dataset"], given["--reason"]) == (DAY, LAST_DAY, "requests", "all")


def test_a_dry_run_starts_nothing(replay: DAG, capsys: pytest.CaptureFixture[str]) -> None:
    assert chosen_runs(replay, [DAY], dry_run=True) == []
    assert f"dry run: nothing is started for {DAY}" in capsys.readouterr().out


def test_each_day_that_gains_is_started_once_under_the_same_name(replay: DAG) -> None:
    runs = chosen_runs(replay, [DAY, LAST_DAY], dry_run=False)
    assert [run["conf"] for run in runs] == [{"day": DAY}, {"day": LAST_DAY}]
    assert runs == chosen_runs(replay, [DAY, LAST_DAY], dry_run=False)
    others = chosen_runs(replay, [DAY, LAST_DAY], dry_run=False, run_id="manual__2")
    assert len({run["trigger_run_id"] for run in [*runs, *others]}) == 4
    assert chosen_runs(replay, [], dry_run=False) == []


def test_the_runs_are_those_of_the_daily_chain_with_the_day_as_its_param(replay: DAG, dag: DAG) -> None:
    mapped: Any = replay.get_task("run_day")
    assert mapped.operator_class is TriggerDagRunOperator
    (run,) = chosen_runs(replay, [DAY], dry_run=False)
    operator = TriggerDagRunOperator(**{**mapped.partial_kwargs, "task_id": "run_day", "fail_when_dag_is_paused": False, **run})
    with pytest.raises(DagRunTriggerException) as triggered:
        operator.execute({})
    told: Any = triggered.value
    assert (told.trigger_dag_id, told.conf, told.logical_date) == (dag.dag_id, {"day": DAY}, None)
    assert told.dag_run_id.startswith(f"replay__{DAY}__") and told.skip_when_already_exists and not told.reset_dag_run
    assert mapped.partial_kwargs["fail_when_dag_is_paused"]
    assert dag.params.get_param("day").resolve(told.conf["day"]) == DAY


def test_more_days_than_a_run_may_start_are_refused_as_a_whole(replay: DAG, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MAX_MAP_LENGTH", "2")
    with pytest.raises(AirflowFailException, match="3 days gain, and a run starts at most 2: replay a shorter period first"):
        chosen_runs(replay, ["2026-11-01", "2026-11-02", "2026-11-03"], dry_run=False)
    assert chosen_runs(replay, ["2026-11-01", "2026-11-02", "2026-11-03"], dry_run=True) == []
    assert len(chosen_runs(replay, ["2026-11-01", "2026-11-02"], dry_run=False)) == 2


@pytest.mark.parametrize("in_a_bucket", [False, True])
def test_the_operator_returns_the_days_of_its_own_result_file(
    in_a_bucket: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    work = tmp_path.as_uri()
    if in_a_bucket:
        bucket: Bucket = request.getfixturevalue("bucket")
        work = bucket.uri("work")
    given: list[str] = []

    def submit(self: Any, context: Any) -> None:
        given.append(by_name(self.application_args)["--result-uri"])
        path = storage_path(given[-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"days": [DAY]}))

    monkeypatch.setattr(SparkSubmitOperator, "execute", submit)
    of_job: dict[str, Any] = {"day": DAY, "landing_uri": tmp_path.as_uri(), "small_day_bytes": 1}
    context = {"ti": SimpleNamespace(run_id="manual__1", try_number=1)}
    for _ in range(2):
        operator = ReplayOperator(task_id="replay_quarantine", work_uri=work, application_args=["--dataset", "all"], **of_job)
        assert operator.execute(context) == [DAY]
    assert len(set(given)) == 2 and all(uri.startswith(f"{work}/replays/r_replay_quarantine_") for uri in given)


def test_the_daily_chain_knows_its_day_without_a_logical_date(dag: DAG) -> None:
    """A run that a task has started has none, and so no data interval either, not even as a name."""
    ti = SimpleNamespace(xcom_pull=lambda task_ids: "branch", try_number=1)
    context: Any = {"params": {"day": DAY}, "run_id": "replay__x", "ti": ti}
    for task in dag.tasks:
        if hasattr(task, "application_args"):
            arguments = task.render_template(task.application_args, context, dag.get_template_env())
            assert by_name(list(arguments))["--day"] == DAY
