"""The rows of mart.identities, from hand-made components."""

from datetime import date

from pyspark.sql import SparkSession

from spark_jobs.identities.clusters import clusters
from spark_jobs.identities.schema import IDENTITIES

DAY = date(2026, 11, 1)


def rows(spark: SparkSession, hub_users: list[str], components: list[tuple[str, str]]) -> list[tuple]:
    frame = clusters(
        spark.createDataFrame([(user,) for user in hub_users], "user_id string"),
        spark.createDataFrame(components, "node string, component string"),
        DAY,
    )
    return sorted(tuple(row) for row in IDENTITIES.conform(frame).collect())


def test_members_lone_users_and_sizes(spark: SparkSession) -> None:
    components = [
        ("0u1", "0u1"),
        ("0u2", "0u1"),
        ("1192.0.2.1", "0u1"),
        ("0192.0.2.1", "0192.0.2.1"),  # a user named like an address of another cluster
        ("1192.0.2.7", "0192.0.2.1"),
    ]
    hub_users = ["u1", "é"]  # u1 used another address too; é used hubs only: it is in no component
    assert rows(spark, hub_users, components) == [
        (DAY, "ip", "192.0.2.1", "u1", 2, 1),
        (DAY, "ip", "192.0.2.7", "192.0.2.1", 1, 1),
        (DAY, "user", "192.0.2.1", "192.0.2.1", 1, 1),
        (DAY, "user", "u1", "u1", 2, 1),
        (DAY, "user", "u2", "u1", 2, 1),
        (DAY, "user", "é", "é", 1, 0),
    ]


def test_a_day_of_hubs_only(spark: SparkSession) -> None:
    assert rows(spark, ["b", "a"], []) == [(DAY, "user", "a", "a", 1, 0), (DAY, "user", "b", "b", 1, 0)]


def test_an_empty_day(spark: SparkSession) -> None:
    assert rows(spark, [], []) == []
