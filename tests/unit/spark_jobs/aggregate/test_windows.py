"""The most active users of every five minutes, on hand-made requests."""

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import SparkSession

from spark_jobs.aggregate.schema import TOP_USERS_BY_WINDOW
from spark_jobs.aggregate.windows import top_users_by_window

Rows = dict[datetime, list[tuple[int, str, int]]]


def top(spark: SparkSession, *requests: tuple[str, str | None]) -> Rows:
    """window_start to its (rank, user_id, requests), of (event time, user_id)."""
    moments = [(datetime.fromisoformat(time).replace(tzinfo=UTC), user_id) for time, user_id in requests]
    frame = spark.createDataFrame(
        [(at.date(), at, user_id) for at, user_id in moments], "event_day date, event_ts timestamp, user_id string"
    )
    found = TOP_USERS_BY_WINDOW.conform(top_users_by_window(frame)).orderBy("window_start", "rank").collect()
    assert {row.window_end - row.window_start for row in found} <= {timedelta(minutes=5)}
    windows: Rows = {}
    for row in found:
        windows.setdefault(row.window_start.astimezone(UTC), []).append((row.rank, row.user_id, row.requests))
    return windows


def test_a_request_after_midnight_is_in_windows_that_start_the_day_before(spark: SparkSession) -> None:
    windows = top(spark, ("2026-11-01T00:00:29.999999", "u1"))  # the last moment of its slot of 30 seconds
    assert list(windows) == [datetime(2026, 10, 31, 23, 55, 30, tzinfo=UTC) + timedelta(seconds=30 * step) for step in range(10)]
    assert set(map(tuple, windows.values())) == {((1, "u1", 1),)}


def test_a_window_holds_its_start_and_not_its_end(spark: SparkSession) -> None:
    windows = top(
        spark,
        ("2026-11-01T10:00:00", "u1"),  # the first moment of the window of ten o'clock
        ("2026-11-01T10:04:59.999999", "u1"),  # the last
        ("2026-11-01T10:05:00", "u1"),  # the first moment of the next
        ("2026-11-01T10:02:00", None),  # anonymous: counts for nobody
    )
    ten = datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert windows[ten] == [(1, "u1", 2)]
    assert windows[ten + timedelta(seconds=30)] == [(1, "u1", 2)]
    assert windows[ten - timedelta(seconds=30)] == [(1, "u1", 1)]
    assert windows[ten + timedelta(minutes=5)] == [(1, "u1", 1)]
    assert max(windows) == ten + timedelta(minutes=5)


def test_five_ranks_and_ties_by_the_bytes_of_user_id(spark: SparkSession) -> None:
    # All in one slot: u3 twice, the others once; Z before a, and U+FF21 (EF…) before U+1F600 (F0…), which is sixth.
    users = ["u3", "u3", "a", "Z", "b", "😀", "Ａ"]
    windows = top(spark, *[("2026-11-01T10:00:01", user_id) for user_id in users])
    assert len(windows) == 10
    assert set(map(tuple, windows.values())) == {((1, "u3", 2), (2, "Z", 1), (3, "a", 1), (4, "b", 1), (5, "Ａ", 1))}


@pytest.mark.parametrize("user_id", [None, "u1"])
def test_starts_are_multiples_of_30_s_before_1970_too(spark: SparkSession, user_id: str | None) -> None:
    windows = top(spark, ("1969-12-31T23:59:59", user_id))
    expected = [] if user_id is None else [datetime(1969, 12, 31, 23, 55, tzinfo=UTC) + timedelta(seconds=30 * step) for step in range(10)]
    assert list(windows) == expected
