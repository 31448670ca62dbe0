"""The small aggregates, on frames whose answer is counted by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.export_reports import measures
from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.ingest.schema import LEDGER, QUARANTINE
from tests.unit.spark_jobs.export_reports.made_up import DAY, at


def rows(frame: DataFrame) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in frame.collect())


def test_half_hours(spark: SparkSession) -> None:
    moments = [
        at(0),  # the first moment of half hour 0
        at(0, 29, 59, 999_999),  # its last
        at(0, 30),
        at(23, 59, 59, 999_999),
        datetime(1969, 12, 31, 23, 30, tzinfo=UTC),  # before the epoch
    ]
    activity = spark.createDataFrame([(moment,) for moment in moments], "event_ts timestamp")
    result = measures.requests_by_half_hour(activity)
    assert result.dtypes == [("half_hour", "int"), ("requests", "bigint")]
    assert rows(result) == [(0, 2), (1, 1), (47, 2)]


@pytest.mark.parametrize(
    ("activity", "users"),
    [
        pytest.param([], 0, id="empty day"),
        pytest.param([("a", True), (None, False)], 0, id="known or anonymous"),
        pytest.param([("a", False), ("a", False), ("b", False), ("c", True)], 2, id="each user once"),
    ],
)
def test_unmatched_users(spark: SparkSession, activity: Sequence[tuple[str | None, bool]], users: int) -> None:
    frame = spark.createDataFrame(activity, "user_id string, known_user boolean")
    assert rows(measures.unmatched_users(frame)) == [(users,)]


def quarantine(spark: SparkSession, lines: Sequence[tuple[str, str, str, str, bytes]]) -> DataFrame:
    return spark.createDataFrame([(DAY, *line) for line in lines], QUARANTINE.schema).repartition(3)


def test_quarantine_counts(spark: SparkSession) -> None:
    lines = [
        ("requests", "MALFORMED", "", "a.log", b"x"),
        ("requests", "MALFORMED", "", "a.log", b"x"),  # equal lines count each
        ("requests", "BAD_IP", "", "a.log", b"y"),
        ("users", "MALFORMED", "", "a.json", b"z"),  # the same reason of another dataset
    ]
    assert rows(measures.quarantine_counts(quarantine(spark, lines))) == [
        ("requests", "BAD_IP", 1),
        ("requests", "MALFORMED", 2),
        ("users", "MALFORMED", 1),
    ]


def test_quarantine_samples_are_the_first_three_by_file_and_bytes(spark: SparkSession) -> None:
    lines = [
        ("requests", "MALFORMED", "d", "b.log", b"1"),  # 4th: left out
        ("requests", "MALFORMED", "d", "a.log", b"\xff"),  # bytes are unsigned: after every letter
        ("requests", "MALFORMED", "d", "a.log", b"b"),
        ("requests", "MALFORMED", "d", "a.log", b"a"),
        ("users", "MALFORMED", "e", "z.json", b"z" * 1000),  # only its head travels
    ]
    assert rows(measures.quarantine_samples(quarantine(spark, lines))) == [
        ("requests", "MALFORMED", 1, "d", "a.log", b"a", 1),
        ("requests", "MALFORMED", 2, "d", "a.log", b"b", 1),
        ("requests", "MALFORMED", 3, "d", "a.log", b"\xff", 1),
        ("users", "MALFORMED", 1, "e", "z.json", b"z" * 800, 1000),
    ]


LEDGER_ROWS = [
    (DAY, "requests", "requests/a.log", 11, 5, 3, 1, 1, 0, {"2026-10-31": 2, "2026-10-30": 1}, 2, 0, 0, 1),
    (DAY, "requests", "requests/b.log", 5, 3, 1, 0, 0, 0, {"2026-10-31": 1}, 1, 1, 0, 0),
    (DAY, "requests", "requests/later.log", 0, 0, 0, 0, 0, 6, {}, 1, 0, 0, 0),  # of a later landing
    (DAY, "requests", "_corrections/requests/fixes.jsonl", 0, 0, 0, 0, 0, 0, {}, 0, 0, 7, 0),
    (DAY, "users", "users/a.json", 2, 1, 0, 1, 0, 0, {}, 0, 0, 0, 0),
]


def test_lines_by_dataset(spark: SparkSession) -> None:
    ledger = spark.createDataFrame(LEDGER_ROWS, LEDGER.schema)
    result = measures.lines_by_dataset(ledger)
    counts = ["lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "arrived_late", "unmatched_corrections"]
    assert result.columns == ["dataset", *counts, "erased"]
    assert rows(result) == [("requests", 16, 8, 4, 1, 1, 1, 4, 6, 7, 1), ("users", 2, 1, 0, 1, 0, 0, 0, 0, 0, 0)]


def test_late_lines_by_day(spark: SparkSession) -> None:
    ledger = spark.createDataFrame(LEDGER_ROWS, LEDGER.schema)
    assert rows(measures.late_lines_by_day(ledger)) == [(date(2026, 10, 30), 1), (date(2026, 10, 31), 3)]


def test_gates_of_run_takes_the_last_gate_of_each_stage(spark: SparkSession) -> None:
    def result(stage: str, run_id: str, minute: int, expectation: str, passed: bool) -> tuple[Any, ...]:
        return (DAY, stage, run_id, "r", at(1, minute), "raw.users", expectation, "critical", passed, None, "", "f00")

    results = [
        result("ingest", "run1", 0, "x", False),  # tried again at 01:05
        result("ingest", "run1", 5, "x", True),
        result("ingest", "run1", 5, "y", True),
        result("enrich", "run1", 2, "x", True),
        result("ingest", "run2", 9, "x", False),  # another run
    ]
    frame = measures.gates_of_run(spark.createDataFrame(results, GATE_RESULTS.schema), "run1")
    assert [(row.stage, row.expectation, row.passed) for row in frame.orderBy("stage", "expectation").collect()] == [
        ("enrich", "x", True),
        ("ingest", "x", True),
        ("ingest", "y", True),
    ]
