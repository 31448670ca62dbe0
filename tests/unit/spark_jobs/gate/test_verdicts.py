"""What the gate tells people."""

from datetime import date

from spark_jobs.gate.verdicts import Verdict, explain
from spark_jobs.lake.manifest import Manifest

MANIFEST = Manifest("ingest", date(2026, 11, 1), "run", "r_20261101_x_1", {}, {}, {})


def verdict(name: str, severity: str, passed: bool, rows: int | None, detail: str = "") -> Verdict:
    return Verdict("raw.users", name, severity, passed, rows, detail, "5ha")


def test_the_message_names_what_failed_and_where_to_look() -> None:
    verdicts = [
        verdict("user_id_is_unique", "critical", False, 3, "user_id identify a row."),
        verdict("age_in_range", "critical", True, 0),
        verdict("columns_are_as_declared", "critical", False, None, "The columns are those of docs/data.md."),
        verdict("volume_is_usual", "warning", False, 0, "Few rows."),
    ]
    assert explain(MANIFEST, verdicts, "file:/somewhere/verdict.json").splitlines() == [
        "gate ingest of 2026-11-01: 4 expectations, 3 failed",
        "  critical  raw.users  user_id_is_unique: 3 rows. user_id identify a row.",
        "  critical  raw.users  columns_are_as_declared: The columns are those of docs/data.md.",
        "  warning   raw.users  volume_is_usual: 0 rows. Few rows.",
        "  verdicts: file:/somewhere/verdict.json",
        "  staged rows: branch r_20261101_x_1 of each table",
    ]


def test_when_all_passed_the_message_says_so() -> None:
    first = explain(MANIFEST, [verdict("age_in_range", "critical", True, 0)], "file:/v").splitlines()[0]
    assert first == "gate ingest of 2026-11-01: 1 expectations, 0 failed"


def test_only_a_failed_critical_expectation_blocks() -> None:
    assert verdict("x", "critical", False, 1).blocks
    assert not verdict("x", "warning", False, 1).blocks
    assert not verdict("x", "critical", True, 0).blocks
