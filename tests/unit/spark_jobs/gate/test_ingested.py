"""What the gates' records say of a day: made by hand, as each way a gate can end leaves them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pyspark.sql import SparkSession

from spark_jobs.gate.ingested import newest_tries
from spark_jobs.gate.restored import SAME_ROWS
from spark_jobs.gate.schema import GATE_RESULTS

DAY, BEGIN = date(2026, 11, 1), datetime(2026, 11, 2, tzinfo=UTC)
Try = tuple[str, int, list[tuple[str, str, bool]]]  # branch, hour, expectations: name, severity, whether it passed

GREEN, RED = (
    [("balances", "critical", True), ("is_large", "warning", False)],
    [("balances", "critical", False), ("unique", "critical", True)],
)
RESTORED = [*GREEN, (SAME_ROWS, "critical", True)]


@pytest.mark.parametrize(
    ("tries", "published", "hour", "is_restored", "is_red"),
    [
        ([("one", 1, GREEN)], ["one"], 1, False, False),
        ([("one", 1, RED)], [], None, False, True),
        ([("one", 1, RED), ("one", 2, GREEN)], ["one"], 2, False, False),  # its rule was mended, its task cleared
        ([("one", 1, GREEN), ("one", 2, RED)], ["one"], 1, False, True),  # published, killed; something landed before it was tried again
        ([("one", 1, GREEN), ("two", 2, RED)], ["one"], 1, False, True),
        ([("one", 1, GREEN), ("back", 2, RESTORED)], ["one", "back"], 2, True, False),
        ([("back", 1, RESTORED), ("two", 2, GREEN)], ["back", "two"], 2, False, False),
        ([("one", 1, GREEN), ("back", 2, RESTORED)], ["one"], 1, False, False),  # another run kept it from publishing
        ([("back", 1, RESTORED), ("two", 2, GREEN)], ["back"], 1, True, False),
        ([("one", 1, GREEN), ("back", 2, RESTORED)], [], 2, True, False),  # their snapshots have expired
    ],
)
def test_a_day(spark: SparkSession, tries: list[Try], published: list[str], hour: int | None, is_restored: bool, is_red: bool) -> None:
    rows = [
        (DAY, "ingest", "run", branch, BEGIN + timedelta(hours=at), "ops.ledger", name, severity, passed, None, "", "hash")
        for branch, at, said in tries
        for name, severity, passed in said
    ]
    later = (DAY, "enrich", "run", "other", BEGIN + timedelta(hours=9), "core.activity", "unique", "critical", False, None, "", "hash")
    results = spark.createDataFrame([*rows, later], GATE_RESULTS.schema)
    branches = spark.createDataFrame([(branch,) for branch in [*published, None]], "branch string")
    (found,) = newest_tries(results, branches).selectExpr("day", "hour(ran_at) AS hour", "is_restored", "is_red").collect()
    assert tuple(found) == (DAY, hour, is_restored, is_red)
