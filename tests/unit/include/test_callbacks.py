import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from include.callbacks import failure_text
from include.settings import settings

GATE = ["--stage", "enrich", "--day", "2026-11-01", "--branch", "r_enrich_1"]
NULL_DAYS = {
    "table_name": "core.activity",
    "expectation": "expect_column_values_to_not_be_null(event_ts)",
    "severity": "critical",
    "passed": False,
    "unexpected_rows": 12,
    "detail": "event_ts is NULL",
    "suite_sha256": "00",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def context(arguments: list[str] | None, error: str) -> dict[str, Any]:
    instance = SimpleNamespace(task_id="enrich.gate_enrich", try_number=2, run_id="manual__1")
    return {"ti": instance, "exception": RuntimeError(error), "task": SimpleNamespace(application_args=arguments)}


def write_verdicts(home: Path, *verdicts: dict[str, Any]) -> Path:
    path = home / "work/branches/r_enrich_1/verdict.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"stage": "enrich", "day": "2026-11-01", "verdicts": verdicts}))
    return path


def test_a_red_gate_names_table_expectation_rows_where_to_look_and_what_to_do(home: Path) -> None:
    again = f"make run DAY=2026-11-01 MILLRACE_HOME={home}"
    verdict = write_verdicts(home, NULL_DAYS, {**NULL_DAYS, "passed": True, "expectation": "expect_a_table_row_count"})
    assert failure_text(context(GATE, "Error code is: 65.")).splitlines() == [
        "FAILED enrich.gate_enrich for 2026-11-01 in try 2 of run manual__1",
        "  critical: core.activity, expect_column_values_to_not_be_null(event_ts): 12 rows. event_ts is NULL",
        f"  where to look: {verdict}",
        f"  staged rows: make shell MILLRACE_HOME={home}, then spark.sql(\"SELECT * FROM <table> VERSION AS OF 'r_enrich_1'\").show()",
        f"  what to do: mend the cause, where one is named; then `{again}`, or clear the task in the web UI",
    ]


def test_an_expectation_of_a_whole_table_has_no_rows_to_count(home: Path) -> None:
    write_verdicts(home, {**NULL_DAYS, "unexpected_rows": None, "detail": "no row"})
    assert "(event_ts): no row" in failure_text(context(GATE, "Error code is: 65."))


def test_a_gate_that_crashed_before_its_verdict_shows_the_last_lines_of_its_error(home: Path) -> None:
    text = failure_text(context(GATE, "\n".join(f"line {number}" for number in range(1, 10))))
    assert text.splitlines()[1:-1] == [f"  line {number}" for number in range(4, 10)]


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0b"])
def test_a_name_in_a_message_cannot_pass_for_the_jobs_own_words(home: Path, end: str) -> None:
    told = f"DataFailed: files that unpack to more\n  a{end}DataFailed: nothing is wrong.log.gz: 5,000 bytes"
    assert failure_text(context(GATE, f"before\n{told}")).split("\n")[1:-1] == [f"  {line}" for line in told.split("\n")]


def test_a_failure_that_the_job_knows_is_told_in_its_own_words(home: Path) -> None:
    error = "WARN a reader is deprecated\nDataFailed: raw.requests was published by another run.\nRun the day again."
    assert failure_text(context(GATE, error)).splitlines()[1:-1] == [
        "  DataFailed: raw.requests was published by another run.",
        "  Run the day again.",
    ]


def test_a_rollback_that_failed_is_to_be_rolled_back_again(home: Path) -> None:
    release = "2026-11-01-20261102T010203Z-1f2e3d"
    text = failure_text({**context(GATE, "Error code is: 65."), "params": {"day": "2026-11-01", "release": release}})
    assert f"then `make rollback DAY=2026-11-01 RELEASE={release} MILLRACE_HOME={home}`, or clear the task" in text


def test_in_containers_no_make_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_IN_CONTAINERS", "true")
    write_verdicts(home, NULL_DAYS)
    text = failure_text(context(GATE, "Error code is: 65."))
    assert "make " not in text and "then clear the task in the web UI" in text and "VERSION AS OF 'r_enrich_1'" in text


def test_one_row_is_a_row(home: Path) -> None:
    write_verdicts(home, {**NULL_DAYS, "unexpected_rows": 1})
    assert "(event_ts): 1 row. event_ts" in failure_text(context(GATE, "Error code is: 65."))


def test_a_gate_that_crashed_after_verdicts_that_let_the_day_pass_shows_its_error(home: Path) -> None:
    write_verdicts(home, {**NULL_DAYS, "severity": "warning"})
    text = failure_text(context(GATE, "catalog is locked"))
    assert "  catalog is locked" in text
    assert "warning" not in text


def test_a_stage_shows_its_error_and_the_next_step(home: Path) -> None:
    lines = failure_text(context(["--day", "2026-11-01", "--run-id", "1"], "no space left")).splitlines()
    assert lines[1] == "  no space left"
    assert "make run DAY=2026-11-01" in lines[-1]


def test_a_task_without_a_submit_or_a_day_is_told_too(home: Path) -> None:
    for arguments in (None, ["--first-day", "2026-11-01"]):
        assert failure_text(context(arguments, "timed out")).splitlines() == [
            "FAILED enrich.gate_enrich in try 2 of run manual__1",
            "  timed out",
            "  what to do: mend the cause, where one is named; then clear the task in the web UI",
        ]
