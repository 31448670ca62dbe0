"""The fault matrix at the end of the tests' output: each test marked with `fault` is a row of it, wherever it stands."""

from typing import Any

import pytest

COLUMNS = ("fault", "where", "promised")
HAPPENED = {"passed": "held", "failed": "BROKEN", "error": "BROKEN", "skipped": "not run"}


@pytest.fixture(autouse=True)
def row_of_the_matrix(request: pytest.FixtureRequest, record_property: Any) -> None:
    marker = request.node.get_closest_marker("fault")
    if marker is not None:
        parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
        record_property("fault", [str(marker.kwargs[name]).format(**parameters) for name in COLUMNS])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        (*dict(report.user_properties)["fault"], HAPPENED[outcome])
        for outcome in HAPPENED
        for report in terminalreporter.stats.get(outcome, [])
        if (report.when == "call" or outcome != "passed") and "fault" in dict(report.user_properties)
    ]
    if not rows:
        return
    terminalreporter.section("fault matrix")
    head = (*COLUMNS, "happened")
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    for row in [head, *sorted(rows)]:
        terminalreporter.write_line("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
