"""The DAG folder: it imports, cheaply and without a database, one DAG a file, each with its runbook."""

import ast
import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.settings import PROJECT
from tests.dags.expected import DAGS as EXPECTED
from tests.dags.expected import DAILY, DAY, RELEASE
from tests.waiting import HANG_SECONDS

DAGS = PROJECT / "dags"
HEAVY = ["pyspark", "pandas", "great_expectations", "scipy", "matplotlib", "spark_jobs"]
PARSE = f"""
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder={str(DAGS)!r})
print("RESULT" + json.dumps({{
    "dags": sorted(bag.dags),
    "errors": list(bag.import_errors.values()),
    "heavy": [name for name in {HEAVY!r} if name in sys.modules],
}}))
"""


def parse_in_a_new_process(tmp_path: Path, **environment: str) -> dict[str, Any]:
    """Parse the DAG folder as a fresh Airflow process does, whose database cannot be opened."""
    env = os.environ | {"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)} | environment
    done = subprocess.run([sys.executable, "-c", PARSE], env=env, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.partition("RESULT")[2])
    return result


def test_the_folder_imports_without_a_database_and_without_spark(tmp_path: Path) -> None:
    assert parse_in_a_new_process(tmp_path) == {"dags": sorted(EXPECTED), "errors": [], "heavy": []}


def test_a_wrong_setting_is_an_import_error_that_names_it(tmp_path: Path) -> None:
    result = parse_in_a_new_process(tmp_path, MILLRACE_LATE_DAYS="x")
    assert result["dags"] == []
    assert "MILLRACE_LATE_DAYS=x" in result["errors"][0]


def test_every_file_holds_one_dag_of_its_name(dag_bag: DagBag) -> None:
    files = {file.stem for file in DAGS.glob("*.py")} - {"__init__"}
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dags) == sorted(files)
    assert {dag_id: Path(dag.fileloc).stem for dag_id, dag in dag_bag.dags.items()} == {stem: stem for stem in files}


def test_every_dag_shows_its_files_docstring_as_its_runbook(dag_bag: DagBag) -> None:
    for dag in dag_bag.dags.values():
        docstring = ast.get_docstring(ast.parse(Path(dag.fileloc).read_text()), clean=False)
        assert docstring and dag.doc_md == docstring
        for section in ("Runs", "When it fails", "Safe", "Output", "Owner"):
            assert section in docstring, f"{dag.dag_id} has no {section}"


def test_every_param_is_described_and_named_in_the_runbook(dag_bag: DagBag) -> None:
    for dag in dag_bag.dags.values():
        for name in dag.params:
            assert dag.params.get_param(name).description, name
            assert f"`{name}`" in str(dag.doc_md)


@pytest.mark.parametrize("day", [None, "2026-11-01"])
def test_the_param_day_accepts_a_day_or_nothing(daily_dag: DAG, day: str | None) -> None:
    assert daily_dag.params.get_param("day").resolve(day) == day


@pytest.mark.parametrize("day", ["2026-13-45", "20261101", "2026-11-1", "2026-11-01T00:00:00", "2026-11-01\n", "today", 5])
def test_the_param_day_refuses_anything_else(dag_bag: DagBag, day: Any) -> None:
    for dag in dag_bag.dags.values():
        if "day" in dag.params:
            with pytest.raises(Exception, match=r"Invalid input for param day|not of type|does not match|is not a"):
                dag.params.get_param("day").resolve(day)


@pytest.mark.parametrize("dag_id, minutes", [*((dag_id, 24 * 60) for dag_id in DAILY), ("web_activity_stream", 10)])
def test_its_schedule_is_for_the_interval_that_has_just_ended(dag_bag: DagBag, dag_id: str, minutes: int) -> None:
    midnight = pendulum.datetime(2026, 11, 2, tz="UTC")
    scheduled = DagSerialization.from_dict(DagSerialization.to_dict(dag_bag.dags[dag_id]))
    interval = scheduled.timetable.infer_manual_data_interval(run_after=midnight)
    assert (interval.start, interval.end) == (midnight.subtract(minutes=minutes), midnight)


def test_no_run_is_made_by_surprise(any_dag: DAG) -> None:
    assert any_dag.catchup is False
    assert any_dag.max_active_runs == (4 if any_dag.dag_id in DAILY else 1)


def test_a_rollback_has_no_schedule_and_needs_both_its_params(rollback: DAG) -> None:
    assert rollback.schedule is None
    for name, right in (("day", DAY), ("release", RELEASE)):
        with pytest.raises(Exception, match="No value passed"):
            rollback.params.get_param(name).resolve()
        with pytest.raises(Exception, match="None is not of type"):
            rollback.params.get_param(name).resolve(None)
        assert copy.deepcopy(rollback.params.get_param(name)).resolve(right) == right


@pytest.mark.parametrize("release", ["", DAY, f"{RELEASE}0", f" {RELEASE}", f"{RELEASE}\n", RELEASE.upper(), RELEASE.replace("Z", ""), 5])
def test_the_param_release_is_the_name_of_a_release(rollback: DAG, release: Any) -> None:
    with pytest.raises(Exception, match=r"does not match|is too long|not of type"):
        rollback.params.get_param("release").resolve(release)
