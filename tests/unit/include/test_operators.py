"""SparkSubmitOperator.execute is replaced here: no submit can run without a scheduler's task; tests/integration runs real ones."""

from contextlib import nullcontext
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.exceptions import AirflowException
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowFailException

from include.operators import JobOperator, StageOperator, branch_name, exit_code
from include.settings import Settings
from tests.landing import Landing

OF_DAY: dict[str, Any] = {"day": "2026-11-01", "landing_uri": "file:///nothing/landed", "small_day_bytes": 1}


def failed_submit(code: int) -> AirflowException:
    """What the provider's hook raises, with the log's tail that it appends."""
    return AirflowException(
        f"Cannot execute: spark-submit --master local[2] job.py. Error code is: {code}.\nLast lines:\n  Error code is: 1"
    )


def context(try_number: int = 1) -> dict[str, Any]:
    return {"ti": SimpleNamespace(run_id="manual__2026-11-01T00:00:00+00:00", try_number=try_number)}


@pytest.fixture
def submits(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of each submit that would have been made."""
    made: list[list[str]] = []
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda self, context: made.append(list(self.application_args or [])))
    return made


@pytest.mark.parametrize("code", [1, 64, 65, 66, 75, 137])
def test_the_exit_code_is_the_submits_and_not_one_in_the_log(code: int) -> None:
    assert exit_code(failed_submit(code)) == code


@pytest.mark.parametrize("message", ["spark-submit not found", "Error code is: -9."], ids=["no code", "killed by a signal"])
def test_a_message_without_an_exit_code_has_none(message: str) -> None:
    assert exit_code(AirflowException(message)) is None


@pytest.mark.parametrize(("code", "is_final"), [(64, True), (65, True), (66, False), (75, False), (1, False), (-9, False)])
def test_only_wrong_usage_and_failed_data_are_final(monkeypatch: pytest.MonkeyPatch, code: int, is_final: bool) -> None:
    def fail(self: Any, context: Any) -> None:
        raise failed_submit(code)

    monkeypatch.setattr(SparkSubmitOperator, "execute", fail)
    with pytest.raises(AirflowException) as raised:
        JobOperator(task_id="job", **OF_DAY).execute(context())
    assert isinstance(raised.value, AirflowFailException) is is_final
    assert f"Error code is: {code}." in str(raised.value)


def test_a_job_may_have_another_final_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any, context: Any) -> None:
        raise failed_submit(66)

    monkeypatch.setattr(SparkSubmitOperator, "execute", fail)
    with pytest.raises(AirflowFailException):
        JobOperator(task_id="job", **OF_DAY, final_exit_codes={66}).execute(context())


def test_a_stage_passes_its_branch_last_and_returns_it(submits: list[list[str]]) -> None:
    branch = StageOperator(task_id="enrich", application_args=["--day", "2026-11-01"], **OF_DAY).execute(context())
    assert submits == [["--day", "2026-11-01", "--branch", branch]]


def test_a_failed_stage_hands_over_no_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any, context: Any) -> None:
        raise failed_submit(75)

    monkeypatch.setattr(SparkSubmitOperator, "execute", fail)
    with pytest.raises(AirflowException):
        StageOperator(task_id="enrich", application_args=[], **OF_DAY).execute(context())


@pytest.mark.parametrize(("small_day_bytes", "is_quick"), [(6, False), (7, True)])
def test_a_day_below_the_limit_runs_with_the_quick_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_day_bytes: int, is_quick: bool
) -> None:
    submitted: list[str] = []
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda self, context: submitted.extend(self.conf.values()))
    Landing(tmp_path).profiles(date(2026, 11, 1), "p.csv", b"u1,ab\n")
    options = {"spark.driver.extraJavaOptions": "-XX:+UseSerialGC"}
    JobOperator(task_id="job", day="2026-11-01", landing_uri=tmp_path.as_uri(), small_day_bytes=small_day_bytes, conf=options).execute(
        context()
    )
    assert submitted[0] == ("-XX:+UseSerialGC -XX:TieredStopAtLevel=1" if is_quick else "-XX:+UseSerialGC")


@pytest.mark.parametrize("fails", [False, True])
def test_the_id_that_the_driver_writes_becomes_the_tasks_link(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    def submit(self: Any, context: Any) -> None:
        Path(self.conf["spark.millrace.applicationIdFile"]).write_text("app-20261101100000-0007")
        if fails:
            raise failed_submit(75)

    monkeypatch.setattr(SparkSubmitOperator, "execute", submit)
    monkeypatch.setattr("include.links.settings", lambda: Settings(history_url="http://127.0.0.1:18080/"))
    job = JobOperator(task_id="job", **OF_DAY)
    with nullcontext() if not fails else pytest.raises(AirflowException):
        job.execute(context())
    (link,) = job.operator_extra_links
    assert link.get_link(job, ti_key=None) == "http://127.0.0.1:18080/history/app-20261101100000-0007/"


def test_without_a_history_server_there_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.links.settings", lambda: Settings(history_url=""))
    job = JobOperator(task_id="job", **OF_DAY)
    job.application_id = "app-1"
    assert job.operator_extra_links[0].get_link(job, ti_key=None) == ""


def test_a_branch_names_stage_and_try_in_what_every_catalog_takes() -> None:
    name = branch_name("enrich.enrich", "manual__2026-11-01T00:00:00+00:00", 3)
    assert name.startswith("r_enrich_")
    assert name.split("_")[3] == "3"
    assert name.isidentifier() and name.isascii() and len(name) < 64


def test_no_two_tries_share_a_branch_even_with_one_number() -> None:
    # A cleared task may begin again with a try number that was there before.
    names = {branch_name("enrich.enrich", "run", number) for number in (1, 1, 2, 2)}
    assert len(names) == 4


def test_tries_of_one_run_have_one_run_part() -> None:
    runs = [branch_name("ingest.ingest", run, number).split("_")[2] for run, number in (("a", 1), ("a", 2), ("b", 1))]
    assert runs[0] == runs[1] != runs[2]
