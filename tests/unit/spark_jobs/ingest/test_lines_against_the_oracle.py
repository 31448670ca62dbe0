"""Every line of a hostile landing gets the outcome, the reason and the fields that the independent oracle gives it."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.ingest.judging import JudgedLanding, Limits, judge_landing
from tests.landing import Landing
from tests.oracle import oracle
from tests.unit.spark_jobs.ingest.comparing import same_ledger, same_people, same_quarantine, same_requests

DAY, NEXT = date(2015, 5, 17), date(2015, 5, 18)
MAX_LINE_BYTES = 1024 * 1024
T = "[17/May/2015:10:00:00 +0000]"

REQUESTS = [
    # the 4-field format and its timestamps
    b"2015-05-17T10:00 u1 1.2.3.4 /x",
    b"2015-05-17T10:00:01.1234567+01 u1 ::1 /a.HTML?q=1.css",
    b"2015-05-17T10:00:01+0130 u1 ::ffff:1.2.3.4 /x",
    b"2015-05-17T10:00:01-01:30 - 1.2.3.4 /x\r",
    b"2015-05-17T00:00:00+18:00 u1 1.2.3.4 /x",  # the day before, by its offset
    b"2015-05-17T00:00:00+18:01 u1 1.2.3.4 /x",
    b"2015-05-17T10:00:00.Z u1 1.2.3.4 /x",
    b"2015-05-17T10:00:00+1 u1 1.2.3.4 /x",
    b"2015-05-17t10:00:00Z u1 1.2.3.4 /x",
    b"2015-05-17 10:00:00 u1 1.2.3.4 /x",  # five tokens
    b"2015-02-29T10:00 u1 1.2.3.4 /x",
    b"2015-02-31T10:00 u1 1.2.3.4 /x",
    b"1431856800 u1 1.2.3.4 /x",
    b"2015-05-17T10:00:60 u1 1.2.3.4 /x",
    b"2015-05-17T24:00 u1 1.2.3.4 /x",
    b"0000-05-17T10:00 u1 1.2.3.4 /x",
    # addresses
    b"2015-05-17T10:00 u1 host.example /x",
    b"2015-05-17T10:00 u1 01.2.3.4 /x",
    b"2015-05-17T10:00 u1 256.2.3.4 /x",
    b"2015-05-17T10:00 u1 1.2.3 /x",
    *[
        f"2015-05-17T10:00 u1 {ip} /x".encode()
        for ip in (
            "::",
            "1::",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::8",
            "fe80::1%eth0",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "::1::",
            "12345::",
            "1:2:3:4:5:6:1.2.3.4",
            "::1.2.3.4",
            "1::2:3:4:5:6:7:8",
            "64:ff9b::1.2.3.400",
        )
    ],
    b"- - - -",
    b"a b c d",
    b"a b c",
    b"a\tb c d e",
    b"",
    b" \t",
    b"2015-05-17T10:00  u1 1.2.3.4 /x",
    # bytes that are no text
    b"2015-05-17T10:00 u1 1.2.3.4 /x\x00",
    b"2015-05-17T10:00 u1 1.2.3.4 /x\x1b[31m",
    b"2015-05-17T10:00 u1 1.2.3.4 /x\x7f",
    b"2015-05-17T10:00 u1 1.2.3.4 /x\r\r",
    b"\xff\xfe",
    b"\xed\xa0\x80 is half a pair",
    b"x" * MAX_LINE_BYTES,
    b"x" * (MAX_LINE_BYTES + 1),
    b"x" * 10_000_000,
    # Common and Combined
    f'h.example - - {T} "-" 408 - "-" "-"'.encode(),
    f'h.example - "" {T} "GET /a b HTTP/1.1" 200 1'.encode(),
    f'1.2.3.4 - bob smith {T} "GET /a\\"q.png HTTP/1.1" 200 1 "" "x \\" y"'.encode(),
    f'1.2.3.4 - -  {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'1.2.3.4 id[ - {T} "GET / HTTP/1.1" 200 1'.encode(),
    b'1.2.3.4 - - [31/Feb/2015:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    b'1.2.3.4 - - [17/may/2015:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    b'1.2.3.4 - - [17/May/2015:10:00:00] "GET / HTTP/1.1" 200 1',
    b'1.2.3.4 - - [17/May/2015:23:30:00 -0100] "GET / HTTP/1.1" 200 1',
    f'999.1.1.1 - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'- - - {T} "-" - -'.encode(),
    f'{"a" * 64}.example - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 20 1'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 -1'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 {"9" * 12}'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 {"9" * 13}'.encode(),
    f'::1 - - {T} "\\x16\\x03\\x01" 400 0'.encode(),
    f'::1 - - {T} "" 400 0'.encode(),
    f'::1 - - {T} "GET /x" 200 1'.encode(),
    f'::1 - - {T} "M-SEARCH * HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET http://a.example/x.php?y HTTP/2" 200 1'.encode(),
    f'::1 - - {T} "GET /a\\ b HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET /a\\ HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET /a\\\\ HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET /a\\\\\\ HTTP/1.1" 200 1'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 1 "r"'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 1 "r" "a" "extra"'.encode(),
    f'::1 - - {T} "GET / HTTP/1.1" 200 1 "r" "open'.encode(),
    f'::1 - - {T} "GET /é\u2028 HTTP/1.1" 200 1 "-" "a\u2028\u0085"'.encode(),
    f'::1 - - {T} "'.encode() + b'\\"' * 500_000 + b'" 200 1',
    # the window
    b"2015-05-14T23:59:59 u1 1.2.3.4 /old",
    b"2015-05-15T00:00:00 u1 1.2.3.4 /late",
    b"2015-05-16T10:00 u1 1.2.3.4 /late",
    b"2015-05-18T00:00 u1 1.2.3.4 /future",
]

USERS = [
    b'{"user_id":"u1","name":"A","age":20,"gender":"f"}',
    b'{"gender":"f","user_id":"u1","age":20,"name":"A","extra":[1,{"x":2}]}',  # equal: a duplicate
    b'{"user_id":"u2","age":1}',
    b'{"user_id":"u2","age":2}',  # disagrees
    b'{"user_id":1}',
    b'{"user_id":"u3","age":"3"}',
    b'{"user_id":"u3","age":3.0}',
    b'{"user_id":"u3","age":3e0}',
    b'{"user_id":"u4","age":151}',
    b'{"user_id":"u4","age":-1}',
    b'{"user_id":"u4","age":true}',
    b'{"user_id":"u4","age":99999999999999999999999}',
    b'{"user_id":"u4","age":1e400}',
    b'{"user_id":"u4","name":{"a":1}}',
    b'{"user_id":"u4","gender":["f"]}',
    b"[1]",
    b"[]",
    b"{}",
    b'"x"',
    b"7",
    b"null",
    b"nope",
    b"",
    b'{"user_id":null}',
    b'{"user_id":" "}',
    b'{"user_id":""}',
    b'{"user_id":"-"}',
    b'{"user_id":"a"} x',
    b'{"user_id":"a"},{"user_id":"b"}',
    b'{"user_id":"a"}{"user_id":"b"}',
    b'{"user_id":"a"}]',
    b'{"user_id":"a","user_id":"a"}',
    b'{"user_id":"a","x":{"y":1,"y":2}}',
    b"{'user_id':'a'}",
    b'{"user_id":"a",}',
    b'{"user_id":"a","age":NaN}',
    b'{"user_id":"a","age":01}',
    b'{"user_id":"a\\u0000"}',
    b'{"user_id":"a\\nb"}',
    b'{"user_id":"tab\\tin"}',
    b'{"user_id":"a","name":"\\ud800"}',
    b'{"user_id":"a","name":"\\udc00\\ud800"}',
    b'{"user_id":"pair","name":"\\ud83d\\ude00"}',
    b'{"user_id":"broken pair","name":"\\ud83d\\\\\\ude00"}',
    b'{"user_id":"backslash","name":"\\\\ud800"}',
    b'{"user_id":"empty","name":"","gender":"","age":null}',
    b' { "user_id" : "spaces" } ',
    '{"user_id":"ü€😀","name":"=1+1"}'.encode(),
]

PROFILES = [
    b"u1,a,b",
    b"u1,a,b",
    b'u2,"q,""x""",',
    b"u3",
    b'u4,"a',
    b'b"',
    b",x",
    b'"",x',
    b'u5,a"b',
    b'"u6"x,1',
    b",",
    b"u7,1",
    b"u7,2",
    b"-,1",
    b" ,1",
    b"",
    "ü,é,\u2028".encode(),
    b"u8,1,2,3,4,5,6,7,8,9,10,11,12",
    b"u9, a ,\tb",
]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "landing"
    landed = Landing(root)
    landed.requests(DAY, "a b+c%20é.log", b"\xef\xbb\xbf" + b"\n".join(REQUESTS))  # BOM, no newline at the end
    landed.requests(DAY, "bom.log", b"\xef\xbb\xbf")
    landed.requests(DAY, "empty.log", b"")
    landed.requests(DAY, "once.log", [b"2015-05-17T11:00 u1 1.2.3.4 /x", b"bad"])
    landed.requests(DAY, "twice.log", [b"2015-05-17T11:00 u1 1.2.3.4 /x", b"bad"])
    landed.requests(date(2015, 5, 16), "earlier.log", [b"2015-05-17T12:00 u1 1.2.3.4 /again"])
    landed.requests(DAY, "from_earlier.log", [b"2015-05-17T12:00 u1 1.2.3.4 /again"])
    late = [b"2015-05-17T13:00 u9 1.2.3.4 /came-late", b"2015-05-18T13:00 u9 1.2.3.4 /own", b"2015-05-18T01:00+02:00 u9 1.2.3.4 /by-offset"]
    landed.requests(
        NEXT, "next.log", [*late, b'1.2.3.4 - - [18/May/2015:00:30:00 +0100] "GET /late.css HTTP/1.1" 200 1', b"2015-05-17 bad"], gz=True
    )
    landed.requests(NEXT, "repeats.log", [b"2015-05-17T11:00 u1 1.2.3.4 /x", b"bad"])  # the bytes of once.log
    landed.users(DAY, "users.json", USERS)
    landed.users(DAY, "users2.json", [b'{"user_id":"u1","name":"A","age":20,"gender":"f"}', b"{broken"], gz=True)
    landed.profiles(DAY, "profiles.csv", b"\r\n".join(PROFILES) + b"\r\n")
    for day in (date(2015, 5, 16), DAY, NEXT):
        landed.complete(day)
    return root


@pytest.fixture(scope="module")
def expected(landing: Path) -> oracle.OracleDay:
    return oracle.compute(landing, DAY)


@pytest.fixture(scope="module")
def judging(spark: SparkSession, landing: Path) -> JudgedLanding:
    return judge_landing(spark, landing.as_uri(), DAY, Limits(2, MAX_LINE_BYTES))


@pytest.fixture(scope="module")
def judged(judging: JudgedLanding) -> dict[str, DataFrame]:
    return {name: frame.cache() for name, frame in judging.lines.items()}


@pytest.mark.parametrize("dataset", ["users", "requests", "profiles"])
def test_every_bad_line_has_its_reason_its_file_and_its_bytes(dataset: str, judged: dict[str, DataFrame], expected: oracle.OracleDay):
    same_quarantine(dataset, judged, expected)


def test_every_request_has_its_fields(judged: dict[str, DataFrame], expected: oracle.OracleDay):
    same_requests(judged, expected)


def test_users_and_profiles_are_those_of_the_oracle(judged: dict[str, DataFrame], expected: oracle.OracleDay):
    same_people(judged, expected)


def test_the_ledger_accounts_for_every_line_of_every_file(
    spark: SparkSession, judging: JudgedLanding, judged: dict[str, DataFrame], expected: oracle.OracleDay
):
    same_ledger(spark, judging, judged, expected, DAY)
