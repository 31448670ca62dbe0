"""core.activity on a few rows, and the file type of actions one by one."""

from datetime import UTC, date, datetime

import pytest
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.enrich.activity import build_activity, file_type
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.ingest.schema import PROFILES, REQUESTS, USERS

DAY = date(2026, 11, 1)
FILE_TYPES = {
    "/a/b.html": "html",
    "/a.php?x=/b.png": "php",  # the query is no part of the path
    "/a.css#top.js": "css",  # nor is the fragment
    "/a.js#x?y.png": "js",  # a question mark inside the fragment
    "/LOGO.PNG": "png",  # lower case
    "/archive.tar.gz": "gz",  # the last dot counts
    "/.htaccess": "none",  # the dot is the segment's first character
    "/a/.b.txt": "txt",  # the last dot is not the first
    "/..txt": "txt",
    "/a.12345678": "12345678",
    "/a.123456789": "none",  # nine
    "/a.": "none",  # nothing behind the dot
    "/a.b-c": "none",  # not of a-z0-9
    "/a.é": "none",
    "/a.b/c": "none",  # the dot is not in the last segment
    "/a.b/": "none",
    "/": "none",
    "*": "none",
    "index.html": "html",  # no slash at all
    "https://example.org/a.pdf": "pdf",
    "https://example.org": "org",  # by the rule, what follows the last slash is the last segment
    "GET /a.html": "html",  # a request kept whole: HTTP/0.9
    "\\x16\\x03\\x01": "none",  # a request kept whole: TLS bytes as the server escapes them
    "/a.html\n": "none",  # a line feed is no end
    "": "none",
}


@pytest.fixture(scope="module")
def file_types(spark: SparkSession) -> dict[str, str]:
    actions = spark.createDataFrame([(action,) for action in FILE_TYPES], "action string")
    return {row.action: row.file_type for row in actions.select("action", file_type(F.col("action")).alias("file_type")).collect()}


@pytest.mark.parametrize("action", FILE_TYPES)
def test_file_type(file_types: dict[str, str], action: str) -> None:
    assert file_types[action] == FILE_TYPES[action]


@pytest.fixture(scope="module")
def activity(spark: SparkSession) -> list[Row]:
    def request(second: int, user_id: str | None, action: str) -> tuple[object, ...]:
        at = datetime(2026, 11, 1, 10, 0, second, tzinfo=UTC)
        return (DAY, at, DAY, user_id, "192.0.2.1", action, "GET", 200, 5, "ref", "agent", "requests/dt=2026-11-01/a.log")

    requests = [
        request(0, "u1", "/a.html"),  # known, with a profile
        request(1, "u1", "/a.html"),  # again: one row a request
        request(2, None, "/b"),  # anonymous: joins nothing, though there are rows without user_id below
        request(3, "u2", "/b"),  # known, without a profile and without a name
        request(4, "u9", "/b"),  # unknown, with a profile
        request(5, "U1", "/b"),  # another user than u1
    ]
    users = [(DAY, "u1", "Ann", 20, "F"), (DAY, "u2", None, None, None), (DAY, "u3", "Silent", 1, "M")]
    profiles = [(DAY, "u1", ["x", ""]), (DAY, "u9", [])]
    # The joins themselves must not match NULL, whatever the tables hold.
    nobody_users = spark.createDataFrame(
        [(DAY, None, "Nobody", 99, "X")], "landing_day date, user_id string, name string, age int, gender string"
    )
    nobody_profiles = spark.createDataFrame([(DAY, None, ["nobody"])], "landing_day date, user_id string, info array<string>")
    built = build_activity(
        spark.createDataFrame(requests, REQUESTS.schema),
        spark.createDataFrame(users, USERS.schema).union(nobody_users),
        spark.createDataFrame(profiles, PROFILES.schema).union(nobody_profiles),
    )
    return ACTIVITY.conform(built).orderBy("event_ts").collect()


def test_each_request_is_one_row_with_what_is_known_of_its_user(activity: list[Row]) -> None:
    assert [(row.event_ts.second, row.user_id, row.name, row.age, row.gender, row.info, row.known_user) for row in activity] == [
        (0, "u1", "Ann", 20, "F", ["x", ""], True),
        (1, "u1", "Ann", 20, "F", ["x", ""], True),
        (2, None, None, None, None, None, False),
        (3, "u2", None, None, None, None, True),
        (4, "u9", None, None, None, [], False),
        (5, "U1", None, None, None, None, False),
    ]


def test_the_columns_of_the_request_are_kept(activity: list[Row]) -> None:
    first = activity[0]
    assert tuple(first) == (
        DAY, first.event_ts, DAY, "u1", "192.0.2.1", "/a.html", "html", "GET", 200, 5, "Ann", 20, "F", ["x", ""], True,
    )  # fmt: skip
