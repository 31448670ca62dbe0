"""Repeating a commit that lost a race."""

import pytest
from pyspark.errors import PySparkException

from spark_jobs.lake import iceberg
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.iceberg import ATTEMPTS, retry_passing

LOST = PySparkException("org.apache.iceberg.exceptions.CommitFailedException: Table metadata refresh is required")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited; nobody waits for a race that is made up."""
    found: list[float] = []
    monkeypatch.setattr(iceberg.time, "sleep", found.append)
    return found


def failing(times: int, error: Exception = LOST) -> "tuple[list[int], object]":
    calls: list[int] = []

    def action() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "done"

    return calls, action


def test_a_lost_race_is_run_again_after_a_wait(waits: list[float]) -> None:
    calls, action = failing(3)
    assert retry_passing("x", action) == "done"  # type: ignore[arg-type]
    assert (len(calls), len(waits)) == (4, 3) and all(0 < wait <= 2 for wait in waits)


@pytest.mark.parametrize(
    "said",
    [
        "[SQLITE_CONSTRAINT_PRIMARYKEY] (UNIQUE constraint failed: iceberg_namespace_properties.catalog_name, …",
        "[SQLITE_ERROR] SQL error or missing database (duplicate column name: iceberg_type)",
        "[SQLITE_ERROR] SQL error or missing database (table iceberg_tables already exists)",
        'ERROR: duplicate key value violates unique constraint "iceberg_namespace_properties_pkey"',
        'ERROR: relation "iceberg_tables" already exists',
        'ERROR: duplicate key value violates unique constraint "pg_type_typname_nsp_index"',
    ],
)
def test_two_who_are_the_first_in_a_catalog_both_get_through(waits: list[float], said: str) -> None:
    _, action = failing(1, PySparkException(said))
    assert retry_passing("x", action) == "done"  # type: ignore[arg-type]


@pytest.mark.fault(fault="answer lost", where="any commit", promised="not made again")
def test_a_commit_whose_answer_was_lost_is_not_made_again(waits: list[float]) -> None:
    calls, action = failing(9, PySparkException("connection reset"))
    assert retry_passing("x", action, done=lambda: "was done") == "was done"  # type: ignore[arg-type]
    assert (len(calls), waits) == (1, [])


def test_any_other_failure_is_raised_at_once(waits: list[float]) -> None:
    calls, action = failing(9, PySparkException("disk full"))
    with pytest.raises(PySparkException, match="disk full"):
        retry_passing("x", action)  # type: ignore[arg-type]
    assert (len(calls), waits) == (1, [])


def test_who_loses_every_race_is_told_to_try_again(waits: list[float]) -> None:
    calls, action = failing(10_000)
    with pytest.raises(TryAgain, match=f"publish raw.x: other writers won {ATTEMPTS} times in a row"):
        retry_passing("publish raw.x", action)  # type: ignore[arg-type]
    assert len(calls) == ATTEMPTS
