"""The page's tables as texts: which columns, which rows, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spark_jobs.aggregate.schema import YOUNG_BY_GENDER
from spark_jobs.export_reports.measures import LINE_COUNTS
from spark_jobs.export_reports.report import Report

LISTED = 10
CHECK_ORDER = ["stage", "table_name", "expectation"]


@dataclass(frozen=True)
class Grid:
    """A table of the page. kinds: each column's CSS class: empty, `number` or `wide`. total: rows there are in all."""

    caption: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: list[list[str]]
    total: int


def records(frame: pd.DataFrame, order: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Rows as dictionaries, a NULL as None, sorted by `order`; for the few that a page shows, never a mart table."""
    rows = frame.sort_values(list(order)) if order else frame
    return [{name: None if value is pd.NA else value for name, value in row.items()} for row in rows.to_dict("records")]


def landed_lines(report: Report) -> Grid:
    numbers = {name: name.replace("_", " ").capitalize() for name in LINE_COUNTS}
    rows = [{"dataset": dataset, **counts} for dataset, counts in report.landed.items()]
    return _grid("Landed lines", {"dataset": "Dataset"}, numbers, rows)


def young_users(report: Report) -> Grid:
    frame = report.marts[YOUNG_BY_GENDER.name]
    rows = records(frame.sort_values("gender").head(LISTED))
    numbers = {"users": "Users", "active_users": "Active", "requests": "Requests"}
    return _grid("Young users by gender", {"gender": "Gender"}, numbers, rows, len(frame))


def hub_addresses(report: Report) -> Grid:
    rows = records(report.hubs.head(LISTED))
    return _grid("Hub addresses", {"ip": "Address"}, {"users": "Users", "requests": "Requests"}, rows, len(report.hubs))


def versions(report: Report) -> Grid:
    rows = [[name, f"{version.rows:,}", str(version.snapshot_id)] for name, version in sorted(report.versions.items())]
    return Grid("Tables", ("Table", "Rows of the day", "Snapshot"), ("", "number", "number"), rows, len(rows))


def failed_checks(gates: pd.DataFrame) -> Grid:
    rows = [
        [row["severity"], row["expectation"], _number(row["unexpected_rows"]), row["detail"] or "", row["table_name"]]
        for row in records(gates[~gates["passed"]], CHECK_ORDER)
    ]
    columns = ("Severity", "Failed check", "Rows", "Detail", "Table")
    return Grid("Failed checks", columns, ("", "wide", "number", "wide", ""), rows, len(rows))


def checks_by_stage(gates: pd.DataFrame) -> dict[str, Grid]:
    """All checks of each stage, stages by name."""
    rows_of: dict[str, list[list[str]]] = {}
    for row in records(gates, CHECK_ORDER):
        cells = ["passed" if row["passed"] else "failed", row["expectation"], row["table_name"], row["severity"]]
        rows_of.setdefault(row["stage"], []).append(cells)
    columns, kinds = ("Result", "Check", "Table", "Severity"), ("", "wide", "", "")
    return {stage: Grid(f"Checks of {stage}", columns, kinds, rows, len(rows)) for stage, rows in rows_of.items()}


def _grid(caption: str, texts: dict[str, str], numbers: dict[str, str], rows: list[dict[str, Any]], total: int | None = None) -> Grid:
    """A grid from columns of texts and of numbers, each given as name and heading."""
    kinds = ("",) * len(texts) + ("number",) * len(numbers)
    cells = [[str(row[name]) for name in texts] + [_number(row[name]) for name in numbers] for row in rows]
    return Grid(caption, (*texts.values(), *numbers.values()), kinds, cells, len(rows) if total is None else total)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
