"""What is shown of a run in this terminal; tests/integration runs the DAGs themselves."""

import io
import json
from typing import Any

import pytest

from tools.foreground import show_progress


def events(*told: dict[str, Any]) -> io.StringIO:
    return io.StringIO("".join(f"{json.dumps({'seconds': 0.0, 'message': '', **event})}\n" for event in told))


def test_each_task_is_shown_as_it_starts_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    told = show_progress(
        events({"event": "started", "task": "enrich.enrich"}, {"event": "passed", "task": "enrich.enrich", "seconds": 12.34})
    )
    lines = [line.split()[1:] for line in capsys.readouterr().out.splitlines()]
    assert lines == [["started", "enrich.enrich"], ["passed", "enrich.enrich", "12.3", "s"]]
    assert told is False


def test_a_failure_shows_its_explanation_once(capsys: pytest.CaptureFixture[str]) -> None:
    failure = {"event": "failed", "task": "enrich.gate_enrich", "message": "critical: core.activity, 12 rows"}
    assert show_progress(events(failure)) is True
    assert capsys.readouterr().out.count("critical: core.activity, 12 rows") == 1


def test_a_retry_is_no_failure_yet() -> None:
    assert show_progress(events({"event": "retries", "task": "a", "message": "try 1 failed, tries again"})) is False
