"""The blocklist's file, and what its literals block."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.enrich.blocklist import read_blocklist, without_blocked
from spark_jobs.lake.errors import DataFailed


def read(spark: SparkSession, folder: Path, content: bytes) -> list[str]:
    (folder / "blocklist.txt").write_bytes(content)
    return [row.literal for row in read_blocklist(spark, folder.as_uri()).collect()]


@pytest.mark.parametrize(
    ("content", "literals"),
    [
        pytest.param(b"", [], id="empty file"),
        pytest.param(b"b\na\n", ["a", "b"], id="lines"),
        pytest.param(b"a\nb", ["a", "b"], id="no newline at the end"),
        pytest.param(b"a\r\nb\r\n", ["a", "b"], id="CRLF"),
        pytest.param(b"a\r\r\n", ["a\r"], id="only one carriage return belongs to the line's end"),
        pytest.param(b"\xef\xbb\xbfa\n", ["a"], id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf", [], id="byte order mark alone"),
        pytest.param(b"\n\r\na\n\n", ["a"], id="empty lines are no entries: they would block everything"),
        pytest.param(b" a \n", [" a "], id="nothing is trimmed"),
        pytest.param(b"a\na\n", ["a"], id="each once"),
        pytest.param("Бот\n".encode(), ["Бот"], id="UTF-8"),
        pytest.param("a\u2028b\x0bc\n".encode(), ["a\u2028b\x0bc"], id="only a line feed ends a line"),
    ],
)
def test_literals_of_the_file(spark: SparkSession, tmp_path: Path, content: bytes, literals: list[str]) -> None:
    assert read(spark, tmp_path, content) == literals


def test_without_a_file_nothing_is_blocked(spark: SparkSession, tmp_path: Path) -> None:
    assert read_blocklist(spark, tmp_path.as_uri()).collect() == []


def test_a_file_that_is_not_utf8_is_named(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(DataFailed, match=r"blocklist\.txt is not UTF-8 at byte 3"):
        read(spark, tmp_path, b"ok\n\xff\n")


REQUESTS = {
    "kept": ("u1", "192.0.2.1", "/a", "curl"),
    "user": ("xbadx", "192.0.2.1", "/a", "curl"),
    "ip": ("u1", "198.51.100.7", "/a", "curl"),
    "action": ("u1", "192.0.2.1", "/x/wp-login.php?a", "curl"),
    "agent": ("u1", "192.0.2.1", "/a", "Mozilla EvilBot/1.0"),
    "case": ("BAD", "192.0.2.1", "/WP-LOGIN", "evilbot"),  # a literal is compared as it stands
    "nulls": (None, "192.0.2.1", "/a", None),  # NULL holds no literal
    "nulls and a hit": (None, "192.0.2.1", "/wp-login", None),
    "any character": ("u1", "192.0.2.1", "/axc", "curl"),  # would match a.c as a pattern
    "dot": ("u1", "192.0.2.1", "/a.c", "curl"),
    "percent": ("u1", "192.0.2.1", "/100%", "curl"),  # LIKE's own sign, literally
    "bracket": ("u1", "192.0.2.1", "/[(", "curl"),  # no valid pattern
    "twice": ("xbadx", "198.51.100.7", "/a.c", "EvilBot"),  # several literals hit it
}
LITERALS = ["bad", "198.51.", "wp-login", "EvilBot", "a.c", "%", "[(", "_", "\\d"]


def test_a_literal_in_any_of_the_four_fields_blocks(spark: SparkSession) -> None:
    rows = [(case, *fields, 1) for case, fields in REQUESTS.items()]
    requests = spark.createDataFrame(rows, "name string, user_id string, ip string, action string, user_agent string, bytes int")
    blocklist = spark.createDataFrame([(literal,) for literal in LITERALS], "literal string")
    kept = without_blocked(requests, blocklist)
    assert kept.columns == requests.columns
    assert sorted(row.name for row in kept.collect()) == sorted(["kept", "case", "nulls", "any character"])


def test_equal_requests_are_all_kept(spark: SparkSession) -> None:
    rows = [("u1", "192.0.2.1", "/a", "curl")] * 2
    requests = spark.createDataFrame(rows, "user_id string, ip string, action string, user_agent string")
    assert without_blocked(requests, spark.createDataFrame([], "literal string")).count() == 2
