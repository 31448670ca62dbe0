"""The pure parts of `make run`: the day, what is shown, the environment. tests/integration runs the DAG itself."""

import json
import os
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from include.settings import PROJECT, Machine, Settings
from tests.failing_s3 import service
from tests.landing import Landing
from tests.s3 import Bucket
from tools import run
from tools.airflow_env import SQLITE_CONNECT_ARGS, airflow_env
from tools.outcome import outcome_lines

OLDER, NEWER = date(2026, 11, 1), date(2026, 11, 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def test_a_day_that_has_landed_is_taken(settings: Settings, landing: Landing) -> None:
    landing.complete(OLDER)
    landing.complete(NEWER)
    assert run.choose_day(settings, "2026-11-01") == "2026-11-01"


def test_without_a_day_it_is_the_newest_whose_three_datasets_have_landed(settings: Settings, landing: Landing) -> None:
    landing.complete(OLDER)
    landing.complete(NEWER, "users", "requests")
    assert run.choose_day(settings, "") == "2026-11-01"


def test_a_folder_whose_name_is_no_day_is_none(settings: Settings, landing: Landing) -> None:
    landing.complete(OLDER)
    for dataset in run.DATASETS:
        copy = landing.root / dataset / "dt=2026-11-01.bak"
        copy.mkdir()
        (copy / "_SUCCESS").touch()
    assert run.choose_day(settings, "") == "2026-11-01"


def test_where_no_sample_data_can_be_made_the_reason_is_told(
    settings: Settings, landing: Landing, capfd: pytest.CaptureFixture[str]
) -> None:
    landing.root.write_text("not a folder")
    with pytest.raises(SystemExit) as exited:
        run.choose_day(settings, "")
    assert exited.value.code == 73
    assert "no sample data" in capfd.readouterr().err


def test_beside_a_day_that_is_not_complete_no_sample_data_is_made(
    settings: Settings, landing: Landing, capsys: pytest.CaptureFixture[str]
) -> None:
    landing.users(NEWER, "a.json", [{"user_id": "u1"}])
    landing.complete(NEWER, "requests", "profiles")
    with pytest.raises(SystemExit) as exited:
        run.choose_day(settings, "")
    assert exited.value.code == 66
    assert f"2026-11-02 has not landed; missing:\n  {landing.root}/users/dt=2026-11-02/_SUCCESS" in capsys.readouterr().err
    assert [path.name for path in landing.root.glob("*/dt=*")] == ["dt=2026-11-02"] * 3


def test_the_outcome_is_that_of_the_reports_folder_in_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "elsewhere/dt=2026-11-01"
    folder.mkdir(parents=True)
    counts = {"datasets": {}, "arrived_late": 0, "unmatched_corrections": 0, "late_by_day": {"2026-10-31": 7, "2026-10-30": 1}}
    (folder / "summary.json").write_text(json.dumps({**counts, "gates": {}, "tables": {}}))
    Landing(tmp_path / "landing").complete(date(2026, 10, 31))
    run.tell_outcome(Settings(home=tmp_path, reports_uri=(tmp_path / "elsewhere").as_uri()), "2026-11-01")
    told = capsys.readouterr().out
    assert f"report: {folder}/index.html" in told
    assert f"7 late lines of 2026-10-31; if it has not run since, take them in: make run DAY=2026-10-31 MILLRACE_HOME={tmp_path}\n" in told
    assert "1 late line of 2026-10-30; that day itself has not landed\n" in told


def test_a_day_that_has_not_landed_is_refused_with_the_missing_markers(
    settings: Settings, landing: Landing, capsys: pytest.CaptureFixture[str]
) -> None:
    landing.complete(OLDER, "users", "requests")
    with pytest.raises(SystemExit) as exited:
        run.choose_day(settings, "2026-11-01")
    message = capsys.readouterr().err
    assert exited.value.code == 66
    assert f"2026-11-01 has not landed; missing:\n  {landing.root}/profiles/dt=2026-11-01/_SUCCESS\n" in message
    assert "/users/" not in message


def test_a_wrong_day_is_wrong_usage(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        run.choose_day(settings, "2026-11-31")
    assert exited.value.code == 64
    assert "DAY: '2026-11-31' is no day of the calendar in the form YYYY-MM-DD" in capsys.readouterr().err


def test_a_home_where_nothing_has_landed_gets_a_sample_day(settings: Settings, tmp_path: Path) -> None:
    day = run.choose_day(settings, "")
    assert {path.name for path in (tmp_path / "landing").glob(f"*/dt={day}/_SUCCESS")} == {"_SUCCESS"}
    assert len(list((tmp_path / "landing").glob(f"*/dt={day}/_SUCCESS"))) == 3


def test_the_day_of_a_bucket(bucket: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(landing_uri=bucket.uri("landing"))
    with pytest.raises(SystemExit) as exited:
        run.choose_day(settings, "")
    assert exited.value.code == 66
    assert f"nothing has landed in {bucket.uri('landing')}" in capsys.readouterr().err
    for dataset in run.DATASETS:
        bucket.write(f"landing/{dataset}/dt=2026-11-01/_SUCCESS", b"")
    assert run.choose_day(settings, "") == run.choose_day(settings, "2026-11-01") == "2026-11-01"


@pytest.mark.parametrize("asked", ["", "2026-11-01"])
def test_a_bucket_that_refuses_is_told_in_place_of_a_day_that_has_not_landed(
    asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with service([403]) as endpoint, pytest.raises(SystemExit) as exited:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        run.choose_day(Settings(landing_uri="s3a://refusing/landing"), asked)
    message = capsys.readouterr().err
    assert exited.value.code == 66
    assert "the landing cannot be looked into: s3a://refusing/landing: " in message and "AWS_SHARED_CREDENTIALS_FILE" in message


def test_wrong_settings_are_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MILLRACE_LATE_DAYS", "x")
    with pytest.raises(SystemExit) as exited:
        run.main()
    assert exited.value.code == 64
    assert capsys.readouterr().err.startswith("MILLRACE_LATE_DAYS=x: ")


WARNED = "WARNING corrections that match no line: 2; the log of stage ingest names them"


@pytest.mark.parametrize(("unmatched", "warned"), [(0, []), (2, [WARNED.split()])])
def test_the_outcome_is_a_table_with_one_line_per_dataset_gate_and_table(unmatched: int, warned: list[list[str]]) -> None:
    requests = {"lines": 1234567, "accepted": 1234555, "late": 1, "quarantined": 2, "duplicates": 4, "dropped": 5, "corrected": 6}
    summary = {
        "datasets": {"requests": requests},
        "arrived_late": 3,
        "unmatched_corrections": unmatched,
        "gates": {"ingest": {"checks": 10, "passed": 9, "warnings": 1}},
        "tables": {"raw.requests": {"snapshot_id": 1, "rows": 1234563}},
    }
    assert "lines of erased users, left out: 3" in outcome_lines({**summary, "datasets": {"requests": {**requests, "erased": 3}}})
    assert [line.split() for line in outcome_lines(summary)] == [
        ["dataset", "lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected"],
        ["requests", "1,234,567", "1,234,555", "1", "2", "4", "5", "6"],
        ["arrived", "late", "from", "later", "landings:", "3"],
        *warned,
        [],
        ["gate", "checks", "passed", "warnings"],
        ["ingest", "10", "9", "1"],
        [],
        ["table", "rows"],
        ["raw.requests", "1,234,563"],
    ]


def test_the_environment_keeps_all_that_airflow_writes_below_home(settings: Settings, tmp_path: Path) -> None:
    env = airflow_env(settings, Machine(java_home="/java"))
    assert env["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"] == str(tmp_path / "logs")
    assert create_engine(env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).url.database == str(tmp_path / "airflow/airflow.db")
    assert (env["MILLRACE_HOME"], env["PYTHONPATH"], env["JAVA_HOME"]) == (str(tmp_path), str(PROJECT), "/java")


def test_sparks_scripts_find_this_python_first(settings: Settings) -> None:
    env = airflow_env(settings, Machine(java_home="/java"))
    assert env["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_the_spark_connection_keeps_the_brackets_of_local_masters(settings: Settings) -> None:
    connection = json.loads(airflow_env(settings, Machine(java_home="/java"))["AIRFLOW_CONN_SPARK_DEFAULT"])
    assert connection == {"conn_type": "spark", "host": "local[*]"}


def test_a_locked_database_is_waited_for(settings: Settings) -> None:
    module, _, name = airflow_env(settings, Machine(java_home="/java"))["AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS"].rpartition(".")
    assert getattr(sys.modules[module], name) is SQLITE_CONNECT_ARGS
    assert SQLITE_CONNECT_ARGS["timeout"] == 60
