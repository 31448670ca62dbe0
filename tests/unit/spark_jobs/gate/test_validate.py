"""Running a suite: verdicts of failed expectations, warnings, and expectations that cannot be evaluated."""

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from spark_jobs.gate.suites import Suite
from spark_jobs.gate.validate import open_context, run_suite
from spark_jobs.gate.verdicts import Verdict
from spark_jobs.lake.table import Table

TABLE = Table("raw.things", StructType())


def sql(name: str, query: str, severity: str = "critical") -> dict[str, Any]:
    kwargs = {"unexpected_rows_query": query, "description": f"about {name}"}
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": kwargs,
        "severity": severity,
        "meta": {"name": name},
        "description": f"about {name}",
    }


def run(spark: SparkSession, *expectations: dict[str, Any]) -> dict[str, Verdict]:
    frame = spark.createDataFrame([("a", 1), ("b", -2), ("c", -3)], "thing string, size int")
    return {verdict.expectation: verdict for verdict in run_suite(open_context(), Suite(TABLE, list(expectations), "5ha"), frame)}


def test_verdicts_name_the_rows_and_a_warning_does_not_block(spark: SparkSession) -> None:
    between = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "size", "min_value": -2},
        "severity": "critical",
        "meta": {"name": "size_in_range"},
        "description": "size is -2 or more.",
    }
    verdicts = run(
        spark,
        sql("passes", "SELECT * FROM {batch} WHERE thing = 'z'"),
        sql("warns", "SELECT * FROM {batch} WHERE size < 0", severity="warning"),
        sql("fails", "SELECT * FROM {batch} WHERE thing = 'b'"),
        between,
    )
    assert {name: (verdict.passed, verdict.severity, verdict.blocks) for name, verdict in verdicts.items()} == {
        "passes": (True, "critical", False),
        "warns": (False, "warning", False),
        "fails": (False, "critical", True),
        "size_in_range": (False, "critical", True),
    }
    assert {name: verdict.unexpected_rows for name, verdict in verdicts.items() if not verdict.passed} == {
        "warns": 2,
        "fails": 1,
        "size_in_range": 1,
    }
    assert verdicts["passes"].detail == ""
    assert verdicts["fails"].detail.startswith("about fails")
    assert verdicts["size_in_range"].detail.startswith("size is -2 or more.") and "-3" in verdicts["size_in_range"].detail
    assert {verdict.suite_sha256 for verdict in verdicts.values()} == {"5ha"}
    assert {verdict.table_name for verdict in verdicts.values()} == {"raw.things"}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT no_such_column FROM {batch}", id="unknown column"),
        pytest.param("SELECT * FROM {batch} JOIN no_such_view", id="unknown view"),
        pytest.param("SELEC", id="no SQL"),
        pytest.param("SELECT 1 / (size - size) FROM {batch}", id="fails while it runs"),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_raises(spark: SparkSession, query: str) -> None:
    with pytest.raises(RuntimeError, match=r"raw\.things: broken could not be evaluated"):
        run(spark, sql("passes", "SELECT * FROM {batch} WHERE thing = 'z'"), sql("broken", query))


def test_an_expectation_on_a_column_that_is_not_there_raises(spark: SparkSession) -> None:
    missing = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "weight"}, "severity": "critical", "meta": {"name": "w"}}
    with pytest.raises(RuntimeError, match=r"raw\.things: w could not be evaluated"):
        run(spark, missing)
