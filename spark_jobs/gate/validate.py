"""Running a suite on a staged table with Great Expectations."""

import os
from typing import Any

from pyspark.sql import DataFrame

from spark_jobs.gate.suites import Suite
from spark_jobs.gate.verdicts import Verdict

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported; a gate must not call out

import great_expectations as gx
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.expectations.core import UnexpectedRowsExpectation

DETAIL_CHARACTERS = 1000
SAMPLES = 5
SQL_EXPECTATION = "unexpected_rows_expectation"


class UnexpectedRowsAreNone(UnexpectedRowsExpectation):
    """Whether a query finds no row, at the price of one query: GX's own runs it again for the rows, even where nobody asked for them."""

    metric_dependencies = ("unexpected_rows_query.row_count",)

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        return {"success": metrics["unexpected_rows_query.row_count"] == 0}


def open_context() -> AbstractDataContext:
    """A context that leaves no files and prints no bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def run_suite(context: AbstractDataContext, suite: Suite, frame: DataFrame) -> list[Verdict]:
    """Every expectation's verdict. Rows are looked up only for what failed: that is a second, dearer pass.

    RuntimeError: an expectation could not be evaluated, or not every one was.
    """
    batch = _batch(context, suite, frame)
    results = first_pass(batch, suite)
    for expectation in suite.expectations:
        name = expectation["meta"]["name"]
        if not results[name].success:
            (results[name],) = _validate(batch, suite, [expectation], _detailed(expectation))
    return [_verdict(suite, single) for single in results.values()]


def first_pass(batch: Batch, suite: Suite) -> dict[str, Any]:
    """By name, whether each expectation holds, and no more.

    RuntimeError: an expectation could not be evaluated, or not every one was.
    """
    results = {_name(single): single for single in _validate(batch, suite, [*map(_quick, suite.expectations)], "BOOLEAN_ONLY")}
    if len(results) != len(suite.expectations):
        raise RuntimeError(f"{suite.table.name}: {len(results)} of {len(suite.expectations)} expectations were evaluated")
    return results


def _quick(expectation: dict[str, Any]) -> Any:
    if expectation["type"] != SQL_EXPECTATION:
        return expectation
    about = {name: expectation[name] for name in ("severity", "meta")}
    return UnexpectedRowsAreNone(**expectation["kwargs"], **about)


def _detailed(expectation: dict[str, Any]) -> dict[str, Any]:
    """A result format with a few of the unexpected rows. GX bounds the rows of SQL itself and shows them only as COMPLETE."""
    if expectation["type"] == SQL_EXPECTATION:
        return {"result_format": "COMPLETE"}
    return {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLES}


def _batch(context: AbstractDataContext, suite: Suite, frame: DataFrame) -> Batch:
    # persist=False: the default caches every batch and never frees it.
    source = context.data_sources.add_spark(suite.table.view, persist=False)
    definition = source.add_dataframe_asset(suite.table.view).add_batch_definition_whole_dataframe("day")
    return definition.get_batch({"dataframe": frame})


def _validate(batch: Batch, suite: Suite, expectations: list[Any], result_format: Any) -> list[Any]:
    built = gx.ExpectationSuite(name=suite.table.view, expectations=expectations)
    results = list(batch.validate(built, result_format=result_format).results)
    for single in results:
        raised = _raised(single.exception_info or {})
        if raised is not None:
            raise RuntimeError(f"{suite.table.name}: {_name(single)} could not be evaluated: {raised}")
    return results


def _raised(exception_info: dict[str, Any]) -> str | None:
    """The message of an exception in a result: GX keeps one, or one per metric."""
    infos = [exception_info, *[info for info in exception_info.values() if isinstance(info, dict)]]
    return next((str(info.get("exception_message")) for info in infos if info.get("raised_exception")), None)


def _name(single: Any) -> str:
    return str(single.expectation_config.meta["name"])


def _verdict(suite: Suite, single: Any) -> Verdict:
    config, found = single.expectation_config, single.result or {}
    rows = found.get("unexpected_count")
    if rows is None and config.type == SQL_EXPECTATION:  # GX calls the number of rows the observed value
        rows = found.get("observed_value")
    samples = found.get("partial_unexpected_list") or (found.get("details") or {}).get("unexpected_rows") or []
    detail = "" if single.success else f"{config.description or ''} e.g. {samples[:SAMPLES]}"[:DETAIL_CHARACTERS]
    return Verdict(
        suite.table.name, _name(single), str(getattr(config.severity, "value", config.severity)), bool(single.success),
        None if rows is None else int(rows), detail, suite.sha256,
    )  # fmt: skip
