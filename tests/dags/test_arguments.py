"""Each job's parser accepts exactly the arguments that its task renders."""

import importlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from spark_jobs.lake.entry import JobParser
from tests.dags.expected import BRANCH, DAY, PACKAGES, RELEASE, STAGES, STAGING_TASKS, STREAMED_AT, TASKS, WITHOUT_DAY

Render = Callable[[str, str], list[str]]


def parser_of(task_id: str) -> JobParser:
    parser: JobParser = importlib.import_module(f"spark_jobs.{PACKAGES[task_id]}.job").build_parser()
    return parser


def submitted(dag_id: str, task_id: str, rendered: Render) -> list[str]:
    """What the job gets: a stage's operator adds the branch of the try, the replay's its result file."""
    branch = ["--branch", f"{BRANCH}_try"] if task_id in STAGING_TASKS else []
    result = ["--result-uri", "file:///home/replays/r/result.json"] if task_id == "replay_quarantine" else []
    return [*rendered(dag_id, task_id), *branch, *result]


def exit_code(parser: JobParser, arguments: list[str]) -> Any:
    with pytest.raises(SystemExit) as exited:
        parser.parse_args(arguments)
    return exited.value.code


@pytest.mark.parametrize(("dag_id", "task_id"), TASKS)
def test_arguments_are_strings(dag_bag: DagBag, dag_id: str, task_id: str, rendered: Render) -> None:
    task: Any = dag_bag.dags[dag_id].get_task(task_id)
    assert {type(argument) for argument in [*task.application_args, *rendered(dag_id, task_id)]} == {str}


@pytest.mark.parametrize(("dag_id", "task_id"), TASKS)
def test_the_parser_accepts_what_the_dag_renders(dag_id: str, task_id: str, rendered: Render) -> None:
    arguments = submitted(dag_id, task_id, rendered)
    assert not [argument for argument in arguments if "{{" in argument or argument in ("None", "")]
    parsed = {name: value for name, value in vars(parser_of(task_id).parse_args(arguments)).items() if value is not None}
    assert parsed.get("day") in (date.fromisoformat(DAY), None if task_id in WITHOUT_DAY else ...)
    assert sorted(f"--{name.replace('_', '-')}" for name in parsed) == sorted(arguments[::2])


@pytest.mark.parametrize(("dag_id", "task_id"), TASKS)
def test_leaving_one_argument_out_is_wrong_usage(dag_id: str, task_id: str, rendered: Render, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = submitted(dag_id, task_id, rendered)
    for at in range(0, len(arguments), 2):
        assert exit_code(parser_of(task_id), arguments[:at] + arguments[at + 2 :]) == 64
        assert arguments[at] in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(("dag_id", "task_id"), TASKS)
def test_an_argument_too_many_is_wrong_usage(dag_id: str, task_id: str, rendered: Render) -> None:
    assert exit_code(parser_of(task_id), [*submitted(dag_id, task_id, rendered), "--surprise", "1"]) == 64


@pytest.mark.parametrize("stage", STAGES)
def test_a_gate_is_given_the_branch_of_its_own_stage(stage: str, rendered: Render) -> None:
    for dag_id, group in (("web_activity_daily", stage), ("web_activity_rollback", f"restore_{stage}")):
        given = by_name(rendered(dag_id, f"{group}.gate_{stage}"))
        assert (given["--stage"], given["--branch"]) == (stage, f"{BRANCH}_{group}")


@pytest.mark.parametrize("stage", STAGES)
def test_a_restore_is_of_one_stage_of_the_release(stage: str, rendered: Render) -> None:
    given = by_name(rendered("web_activity_rollback", f"restore_{stage}.restore_{stage}"))
    assert (given["--stage"], given["--release"]) == (stage, RELEASE)
    before = STAGES[: STAGES.index(stage)]
    assert given["--branches"] == (",".join(f"{BRANCH}_restore_{each}" for each in before) or "none")


def test_the_reports_of_a_rollback_are_of_what_it_has_restored(rendered: Render) -> None:
    daily, rollback = (by_name(rendered(dag_id, "export_reports")) for dag_id in ("web_activity_daily", "web_activity_rollback"))
    assert rollback == daily | {"--branches": ",".join(f"{BRANCH}_restore_{stage}" for stage in STAGES)}


def by_name(arguments: list[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=True))


def test_every_try_of_an_audit_writes_a_folder_of_its_own(rendered: Render) -> None:
    folders = []
    for _ in range(2):
        folders.append(by_name(rendered("raw_log_audit", "audit_raw_logs"))["--findings-uri"])
    assert len(set(folders)) == 2
    assert all(re.search(rf"/reports/raw_log_audit/dt={DAY}/[0-9a-f]{{8}}_1_[0-9a-f]{{8}}$", folder) for folder in folders)


def test_the_stream_is_compared_as_of_its_own_start(rendered: Render) -> None:
    assert by_name(rendered("web_activity_stream", "compare_live"))["--streamed-at"] == STREAMED_AT


def test_without_a_day_the_day_before_the_run_is_compared(dag_bag: DagBag) -> None:
    dag = dag_bag.dags["web_activity_stream"]
    task: Any = dag.get_task("compare_live")
    context = {"params": {"day": None}, "dag_run": SimpleNamespace(run_after=datetime(2026, 3, 1, 0, 10, tzinfo=UTC))}
    assert task.render_template(task.day, context, dag.get_template_env()) == "2026-02-28"


@pytest.mark.parametrize("dag_id, task_id", [("lake_maintenance", "maintain"), ("web_activity_stream", "stream_requests")])
def test_what_is_about_no_landed_day_can_be_triggered_without_a_logical_date(dag_bag: DagBag, dag_id: str, task_id: str) -> None:
    """Such a run has no data interval, not even as a name."""
    dag = dag_bag.dags[dag_id]
    task: Any = dag.get_task(task_id)
    context = {"params": {"day": None, "dry_run": True}, "dag_run": SimpleNamespace(run_after=datetime(2026, 3, 1, tzinfo=UTC))}
    for name in ("day", "name", "application_args"):
        assert "{{" not in str(task.render_template(getattr(task, name), context, dag.get_template_env()))
    assert task.render_template(task.day, context, dag.get_template_env()) == "2026-03-01"


@pytest.mark.parametrize("dry_run, argument", [(True, "yes"), (False, "no")])
def test_the_upkeep_is_told_whether_to_change_anything(dag_bag: DagBag, dry_run: bool, argument: str) -> None:
    dag = dag_bag.dags["lake_maintenance"]
    task: Any = dag.get_task("maintain")
    given = task.render_template(task.application_args, {"params": {"dry_run": dry_run}}, dag.get_template_env())
    assert by_name(given)["--dry-run"] == argument
