"""Loading a table's suite: nothing that is not checked may be published, and Great Expectations itself reads the same files."""

import shutil
from hashlib import sha256
from pathlib import Path

import great_expectations as gx
import pytest
from pyspark.sql.types import StructType

from include.settings import PROJECT
from spark_jobs.gate.schema import BY_NAME
from spark_jobs.gate.suites import load_suite
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.table import Table

TABLE = Table("raw.things", StructType())
SUITES = PROJECT / "include" / "gx" / "expectations"


def test_the_suite_is_the_file_s_expectations_and_its_hash(tmp_path: Path) -> None:
    content = b'{"expectations": [{"type": "expect_x"}]}\n'
    (tmp_path / "raw_things.json").write_bytes(content)
    suite = load_suite(tmp_path, TABLE)
    assert (suite.table, suite.expectations, suite.sha256) == (TABLE, [{"type": "expect_x"}], sha256(content).hexdigest())


@pytest.mark.fault(fault="suite missing", where="gate", promised="nothing is published; the table is named")
def test_a_missing_suite_is_named_with_its_table(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"raw_things\.json is missing: raw\.things has no suite"):
        load_suite(tmp_path, TABLE)


@pytest.mark.fault(fault="suite empty", where="gate", promised="nothing is published; the table is named")
@pytest.mark.parametrize("content", ["{}", '{"expectations": []}'])
def test_a_suite_without_expectations_is_no_suite(tmp_path: Path, content: str) -> None:
    (tmp_path / "raw_things.json").write_text(content)
    with pytest.raises(InputMissing, match=r"raw_things\.json holds no expectation"):
        load_suite(tmp_path, TABLE)


def test_an_unreadable_suite_raises(tmp_path: Path) -> None:
    (tmp_path / "raw_things.json").write_text('{"expectations": [')
    with pytest.raises(InputMissing, match="is no JSON"):
        load_suite(tmp_path, TABLE)


@pytest.mark.parametrize("table", BY_NAME.values(), ids=lambda table: table.name)
def test_each_suite_states_the_declared_columns_and_what_is_never_null(table: Table) -> None:
    expectations = load_suite(SUITES, table).expectations
    by_name = {expectation["meta"]["name"]: expectation for expectation in expectations}
    assert by_name["columns_are_as_declared"]["kwargs"]["column_list"] == table.schema.names
    assert all(expectation["description"] and expectation["severity"] in ("critical", "warning") for expectation in expectations)


def test_a_file_context_of_great_expectations_lists_the_suites(tmp_path: Path) -> None:
    shutil.copytree(SUITES, tmp_path / "gx" / "expectations")
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    suites = {suite.name: suite for suite in context.suites.all()}
    assert set(suites) == {table.view for table in BY_NAME.values()}
    counts = {table.view: len(load_suite(SUITES, table).expectations) for table in BY_NAME.values()}
    assert {name: len(suite.expectations) for name, suite in suites.items()} == counts
