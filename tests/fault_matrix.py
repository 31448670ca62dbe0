"""The fault matrix at the end of the tests' output: each mark `fault` of a test is a row of it, wherever it stands."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest

COLUMNS = ("fault", "where", "promised")
HAPPENED = {"passed": "held", "failed": "BROKEN", "error": "BROKEN", "skipped": "not run"}


@pytest.fixture(autouse=True)
def rows_of_the_matrix(request: pytest.FixtureRequest, record_property: Any) -> None:
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    for marker in request.node.iter_markers("fault"):
        record_property("fault", [str(marker.kwargs[name]).format(**parameters) for name in COLUMNS])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [(*row, HAPPENED[outcome]) for outcome in HAPPENED for row in _rows(terminalreporter.stats.get(outcome, []), outcome)]
    if not rows:
        return
    terminalreporter.section("fault matrix")
    head = (*COLUMNS, "happened")
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    for row in [head, *sorted(rows)]:
        terminalreporter.write_line("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _rows(reports: Iterable[Any], outcome: str) -> Iterator[list[str]]:
    for report in reports:
        # A file that cannot be read reports too, and is no test.
        if isinstance(report, pytest.TestReport) and (report.when == "call" or outcome != "passed"):
            yield from (cast("list[str]", row) for name, row in report.user_properties if name == "fault")
