"""The marts of one hand-made day. The expected rows are counted by hand from ACTIVITY and USERS."""

from datetime import UTC, date, datetime

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.aggregate import schema
from spark_jobs.aggregate.marts import file_types_daily, ip_users_daily, user_daily, young_by_gender
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.ingest.schema import USERS

DAY = date(2026, 11, 1)
IP1, IP2 = "192.0.2.1", "192.0.2.2"


def at(second: int) -> datetime:
    return datetime(2026, 11, 1, 10, 0, second, tzinfo=UTC)


def request(
    second: int, user: tuple[str | None, str | None, int | None, str | None], ip: str, file_type: str, size: int | None
) -> tuple[object, ...]:
    user_id, *rest = user
    return (DAY, at(second), DAY, user_id, ip, f"/a.{file_type}", file_type, "GET", 200, size, *rest, None, user_id in ("u1", "u2"))


ANN, BEN = ("u1", "Ann", 20, "F"), ("u2", None, 21, None)
STRANGER, NOBODY = ("u9", None, None, None), (None, None, None, None)
ROWS = [
    request(5, ANN, IP1, "html", 100),
    request(3, ANN, IP1, "html", None),  # bytes NULL adds nothing
    request(9, ANN, IP2, "png", 7),
    request(4, BEN, IP1, "html", None),  # his only request has no bytes: the sum is 0
    request(6, STRANGER, IP2, "none", 1),  # named, of no known user
    request(7, NOBODY, IP1, "none", 50),  # anonymous: in addresses and file types, no user
]
USER_ROWS = [
    (DAY, "u1", "Ann", 20, "F"),  # active
    (DAY, "u2", None, 21, None),  # 21 is not below 21
    (DAY, "u3", "Cyd", 19, "F"),  # silent
    (DAY, "u4", None, 0, None),  # silent, of unknown gender; 0 is an age
    (DAY, "u5", None, None, "M"),  # no age is not young
]


@pytest.fixture(scope="module")
def activity(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(ROWS, ACTIVITY.schema).persist()


@pytest.fixture(scope="module")
def users(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(USER_ROWS, USERS.schema)


def rows(table: object, frame: DataFrame) -> list[tuple[object, ...]]:
    """The rows in the declared order of columns, which conform also checks for its types."""
    return sorted(tuple(row) for row in table.conform(frame).collect())  # type: ignore[attr-defined]


def test_user_daily(activity: DataFrame) -> None:
    found = [(row[1], *row[2:5], row[5].second, row[6].second, *row[7:]) for row in rows(schema.USER_DAILY, user_daily(activity))]  # type: ignore[attr-defined]
    assert found == [
        # user_id, requests, distinct_ips, bytes, second of first_ts and last_ts, name, age, gender
        ("u1", 3, 2, 107, 3, 9, "Ann", 20, "F"),
        ("u2", 1, 1, 0, 4, 4, None, 21, None),
        ("u9", 1, 1, 1, 6, 6, None, None, None),
    ]


def test_young_by_gender(users: DataFrame, activity: DataFrame) -> None:
    assert rows(schema.YOUNG_BY_GENDER, young_by_gender(users, activity, young_below_years=21)) == [
        (DAY, "F", 2, 1, 3),  # u1 with three requests, u3 silent
        (DAY, "unknown", 1, 0, 0),  # u4
    ]


def test_ip_users_daily(activity: DataFrame) -> None:
    assert rows(schema.IP_USERS_DAILY, ip_users_daily(activity)) == [
        (DAY, IP1, 2, 4, ["u1", "u2"]),  # four requests, one of them anonymous
        (DAY, IP2, 2, 2, ["u1", "u9"]),
    ]


def test_an_address_lists_its_first_hundred_users_by_their_bytes(spark: SparkSession) -> None:
    # U+FF21 (3 bytes, EF…) stands before U+1F600 (4 bytes, F0…), though as UTF-16 it would stand behind; Z stands before a.
    names = ["😀", "Ａ", "a", "Z", *[f"n{number:03}" for number in range(98)]]
    frame = spark.createDataFrame([request(0, (name, None, None, None), IP1, "none", 0) for name in names], ACTIVITY.schema)
    anonymous = spark.createDataFrame([request(0, NOBODY, IP2, "none", 0)], ACTIVITY.schema)
    many, nobody = rows(schema.IP_USERS_DAILY, ip_users_daily(frame.union(anonymous)))
    assert many == (DAY, IP1, 102, 102, ["Z", "a", *[f"n{number:03}" for number in range(98)]])
    assert nobody == (DAY, IP2, 0, 1, [])  # an address without a named user has an empty list, not NULL


def test_file_types_daily(activity: DataFrame) -> None:
    assert rows(schema.FILE_TYPES_DAILY, file_types_daily(activity)) == [
        (DAY, "html", 3, 100),
        (DAY, "none", 2, 51),
        (DAY, "png", 1, 7),
    ]


def test_an_empty_day_has_no_rows(spark: SparkSession, users: DataFrame) -> None:
    nothing = spark.createDataFrame([], ACTIVITY.schema)
    assert file_types_daily(nothing).collect() == []
    # Users have landed though nobody came.
    assert rows(schema.YOUNG_BY_GENDER, young_by_gender(users, nothing, 21)) == [(DAY, "F", 2, 0, 0), (DAY, "unknown", 1, 0, 0)]
