"""From Spark to Pandas: whole, typed and the same on any partitions, or refused."""

import pytest
from pyspark.sql import SparkSession

from spark_jobs.aggregate.schema import IP_USERS_DAILY, USER_DAILY
from spark_jobs.export_reports.bounded import to_pandas
from spark_jobs.export_reports.csv_files import csv_bytes
from spark_jobs.lake.errors import DataFailed
from tests.unit.spark_jobs.export_reports.made_up import DAY, at

USERS = [
    (DAY, "b", 2**53 + 1, 1, 0, at(10), at(10, 0, 0, 500_000), "=Bo", None, None),  # no age beside an age: no floats
    (DAY, "a", 1, 1, 7, at(0), at(23, 59, 59), "Ann, A.", 20, "f"),
    (DAY, "é", 3, 2, 0, at(1), at(1), None, None, None),
]
USERS_CSV = """\
event_day,user_id,requests,distinct_ips,bytes,first_ts,last_ts,name,age,gender
2026-11-01,a,1,1,7,2026-11-01T00:00:00Z,2026-11-01T23:59:59Z,"Ann, A.",20,f
2026-11-01,b,9007199254740993,1,0,2026-11-01T10:00:00Z,2026-11-01T10:00:00.500000Z,'=Bo,,
2026-11-01,é,3,2,0,2026-11-01T01:00:00Z,2026-11-01T01:00:00Z,,,
""".encode()


@pytest.mark.parametrize("partitions", [1, 5])
def test_csv_is_the_same_on_any_number_of_partitions(spark: SparkSession, partitions: int) -> None:
    users = spark.createDataFrame(USERS, USER_DAILY.schema).repartition(partitions)
    assert csv_bytes(to_pandas(users, 3, "users"), USER_DAILY) == USERS_CSV


def test_lists_arrive_as_lists(spark: SparkSession) -> None:
    addresses = spark.createDataFrame([(DAY, "::1", 2, 5, ["u1", 'u"2']), (DAY, "::2", 0, 1, [])], IP_USERS_DAILY.schema)
    assert csv_bytes(to_pandas(addresses, 2, "addresses"), IP_USERS_DAILY).decode().splitlines()[1:] == [
        '2026-11-01,::1,2,5,"[""u1"",""u\\""2""]"',
        "2026-11-01,::2,0,1,[]",
    ]


def test_an_empty_frame_keeps_its_columns(spark: SparkSession) -> None:
    frame = to_pandas(spark.createDataFrame([], USER_DAILY.schema), 0, "users")
    assert csv_bytes(frame, USER_DAILY) == USERS_CSV.splitlines(keepends=True)[0]


def test_one_row_too_many_is_refused_and_told(spark: SparkSession) -> None:
    with pytest.raises(DataFailed, match=r"mart\.big has 7 rows, above the 6 .*--max-report-rows.*nothing was written"):
        to_pandas(spark.range(7), 6, "mart.big")


def test_no_more_than_the_cap_and_one_row_travel(spark: SparkSession) -> None:
    # A billion rows: they would not fit if they came to the driver.
    with pytest.raises(DataFailed, match="has 1000000000 rows"):
        to_pandas(spark.range(10**9), 2, "huge")
