"""Every rule of docs/data.md for CSV files, against bytes written by hand."""

import random

import pytest
from pyspark.sql.types import (
    ArrayType,
    DateType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from spark_jobs.aggregate.schema import FILE_TYPES_DAILY, IP_USERS_DAILY, TOP_USERS_BY_WINDOW, USER_DAILY
from spark_jobs.export_reports.csv_files import csv_bytes, csv_name
from spark_jobs.lake.table import Table
from tests.unit.spark_jobs.export_reports.made_up import DAY, at, mart_frame

TEXTS = Table(
    "mart.texts",
    StructType([StructField("day", DateType()), StructField("key", LongType()), StructField("text", StringType())]),
    key=("key",),
)


def text_cell(text: str | None) -> str:
    """The last cell of the only row of a file, as written, quotes and all."""
    lines = csv_bytes(mart_frame(TEXTS, [[DAY, 1, text]]), TEXTS).decode()
    start = "day,key,text\n2026-11-01,1,"
    assert lines.startswith(start)
    assert lines.endswith("\n")
    return lines[len(start) : -1]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("plain", "plain", id="as it is"),
        pytest.param(None, "", id="NULL is empty"),
        pytest.param("", "", id="so is the empty text"),
        pytest.param("a,b", '"a,b"', id="comma"),
        pytest.param('say "hi"', '"say ""hi"""', id="quotes are doubled"),
        pytest.param("two\nlines", '"two\nlines"', id="line feed"),
        pytest.param("a\rb", '"a\rb"', id="carriage return"),
        pytest.param(" a ", " a ", id="spaces need no quotes"),
        pytest.param("Zoë 名前 \U0001f600", "Zoë 名前 \U0001f600", id="unicode"),
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-x", "'-x", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\tx", "'\tx", id="TAB"),
        pytest.param("\rx", '"\'\rx"', id="CR, which needs quotes too"),
        pytest.param('=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"', id="formula with quotes and comma"),
        pytest.param("a=1", "a=1", id="only the first character counts"),
        pytest.param("'=1", "'=1", id="an apostrophe of its own"),
    ],
)
def test_text(text: str | None, cell: str) -> None:
    assert text_cell(text) == cell


def test_whole_numbers_stay_whole_beside_null() -> None:
    rows = [
        [DAY, "a", 2**53 + 1, 1, -5, at(0), at(0), None, None, None],
        [DAY, "b", 1, 1, 0, at(0), at(0), None, 20, None],
    ]
    assert csv_bytes(mart_frame(USER_DAILY, rows), USER_DAILY).decode() == (
        "event_day,user_id,requests,distinct_ips,bytes,first_ts,last_ts,name,age,gender\n"
        "2026-11-01,a,9007199254740993,1,-5,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,,,\n"
        "2026-11-01,b,1,1,0,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,,20,\n"
    )


def test_timestamps_have_a_fraction_only_where_it_is_not_zero() -> None:
    rows = [
        [DAY, "a", 1, 1, 0, at(10), at(10, 0, 0, 500_000), None, None, None],
        [DAY, "b", 1, 1, 0, at(23, 59, 59, 999_999), at(0, 0, 0, 1), None, None, None],
    ]
    assert csv_bytes(mart_frame(USER_DAILY, rows), USER_DAILY).decode().splitlines()[1:] == [
        "2026-11-01,a,1,1,0,2026-11-01T10:00:00Z,2026-11-01T10:00:00.500000Z,,,",
        "2026-11-01,b,1,1,0,2026-11-01T23:59:59.999999Z,2026-11-01T00:00:00.000001Z,,,",
    ]


@pytest.mark.parametrize(
    ("items", "cell"),
    [
        pytest.param([], "[]", id="empty"),
        pytest.param(["u1"], '"[""u1""]"', id="one"),
        pytest.param(["u1", "u2"], '"[""u1"",""u2""]"', id="compact"),
        pytest.param(["é", "名"], '"[""é"",""名""]"', id="not ASCII-escaped"),
        pytest.param(['a"b', "c\\d"], '"[""a\\""b"",""c\\\\d""]"', id="JSON escapes, then CSV quotes"),
        pytest.param(["=1+1"], '"[""=1+1""]"', id="no formula: the cell starts with a bracket"),
    ],
)
def test_lists_are_compact_json(items: list[str], cell: str) -> None:
    content = csv_bytes(mart_frame(IP_USERS_DAILY, [[DAY, "::1", 1, 2, items]]), IP_USERS_DAILY)
    assert content.decode() == f"event_day,ip,users,requests,user_ids\n2026-11-01,::1,1,2,{cell}\n"


def test_null_list_is_empty() -> None:
    table = Table(
        "mart.lists",
        StructType([StructField("day", DateType()), StructField("info", ArrayType(StringType()))]),
    )
    assert csv_bytes(mart_frame(table, [[DAY, None]]), table) == b"day,info\n2026-11-01,\n"


def test_null_timestamp_is_empty() -> None:
    table = Table("mart.times", StructType([StructField("day", DateType()), StructField("ts", TimestampType())]))
    assert csv_bytes(mart_frame(table, [[DAY, None]]), table) == b"day,ts\n2026-11-01,\n"


def test_rows_are_sorted_by_utf8_bytes_before_cells_are_changed() -> None:
    # In UTF-16 U+1F600 comes before U+FF5E; in UTF-8, and here, after it. The apostrophe of -b does not move it.
    types = ["\U0001f600", "～", "é", "z", "Z", "-b", "0"]
    content = csv_bytes(mart_frame(FILE_TYPES_DAILY, [[DAY, name, 1, 0] for name in types]), FILE_TYPES_DAILY)
    cells = [line.split(",")[1] for line in content.decode().splitlines()[1:]]
    assert cells == ["'-b", "0", "Z", "z", "é", "～", "\U0001f600"]


def test_all_columns_of_the_key_sort() -> None:
    rows = [
        [DAY, at(0, 0, 30), at(0, 5, 30), 1, "c", 1],
        [DAY, at(0), at(0, 5), 10, "b", 1],
        [DAY, at(0), at(0, 5), 2, "a", 1],
    ]
    content = csv_bytes(mart_frame(TOP_USERS_BY_WINDOW, rows), TOP_USERS_BY_WINDOW)
    assert [line.split(",")[4] for line in content.decode().splitlines()[1:]] == ["a", "b", "c"]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [[DAY, f"192.0.2.{i}", i, i, [f"u{i}"]] for i in range(50)]
    shuffled = random.Random(7).sample(rows, k=len(rows))
    frames = [mart_frame(IP_USERS_DAILY, order) for order in (rows, shuffled)]
    assert csv_bytes(frames[0], IP_USERS_DAILY) == csv_bytes(frames[1], IP_USERS_DAILY)


def test_empty_day_is_a_header() -> None:
    assert csv_bytes(mart_frame(IP_USERS_DAILY, []), IP_USERS_DAILY) == b"event_day,ip,users,requests,user_ids\n"


def test_type_without_a_rule_is_refused() -> None:
    table = Table("mart.shares", StructType([StructField("day", DateType()), StructField("share", DoubleType())]))
    with pytest.raises(TypeError, match="share: no CSV rule for the type double"):
        csv_bytes(mart_frame(table, [[DAY, 0.5]]), table)


def test_file_is_named_after_the_table() -> None:
    assert csv_name(USER_DAILY) == "user_daily.csv"
