"""The audit's parsers say of every hostile line what the independent oracle says."""

from datetime import date

import pytest

from spark_jobs.audit_raw_logs.erased import Erased
from spark_jobs.audit_raw_logs.judging import Outcome, judge
from spark_jobs.audit_raw_logs.profile_line import parse_profile
from spark_jobs.audit_raw_logs.request_line import parse_request
from tests.oracle.profile_line import parse_profile as oracle_profile
from tests.oracle.reasons import Refused
from tests.oracle.request_line import parse_request as oracle_request
from tests.oracle.text import decode
from tests.oracle.timestamps import MICROSECONDS_PER_DAY, epoch_day
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import DAY, MAX_LINE_BYTES, PROFILES, REQUESTS

NOBODY = Erased(b"", {}, {})
T = "[17/May/2015:10:00:00 +0000]"
MORE = [
    f'[::1] - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1 - a]b {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1 - a[b {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1  - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1 - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'::1 - - x {T} "GET / HTTP/1.1" 200 1 "-" ""'.encode(),
    f'::1 - - {T} "GET /[a] HTTP/1.1" 200 1 "a [b" "c] d"'.encode(),
    f'host. - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'a.1 - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    f'1.2.3.4\u00a0 - - {T} "GET / HTTP/1.1" 200 1'.encode(),
    b'::1 - - [17/May/2015:10:00:00 +1801] "GET / HTTP/1.1" 200 1',
    b'::1 - - [17/May/2015:10:00:00 -0060] "GET / HTTP/1.1" 200 1',
    b'::1 - - [17/May/0000:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    b'::1 - - [1]7/May/2015:10:00:00 +0000] "GET / HTTP/1.1" 200 1',
    b"0001-01-01T00:00+01:00 u1 1.2.3.4 /before-the-first-day",
    "２015-05-17T10:00 u1 1.2.3.4 /wide-digit".encode(),
    "2015-05-17T10:00 u1 1.2.3.４ /wide-digit".encode(),
    "2015-05-17T10:00 u\ufffd1 1.2.3.4 /replacement-character".encode(),
    b"2015-05-17T10:00 \xff 1.2.3.4 /x",
]


def without_return(line: bytes) -> bytes:
    """As the readers hand a line on, without the carriage return before its end."""
    return line.removesuffix(b"\r")


@pytest.mark.parametrize("line", map(without_return, [*REQUESTS, *MORE]), ids=lambda line: repr(line[:70]))
def test_a_request_line(line: bytes) -> None:
    found = parse_request(line, MAX_LINE_BYTES)
    try:
        wanted = oracle_request(decode(line, MAX_LINE_BYTES))
    except Refused:
        assert found is None
        return
    assert found is not None
    assert (found.user_id, found.ip, found.action, found.user_agent) == (wanted.user_id, wanted.ip, wanted.action, wanted.user_agent)
    assert found.event_day - date(1970, 1, 1).toordinal() == wanted.event_us // MICROSECONDS_PER_DAY


@pytest.mark.parametrize("line", map(without_return, [*PROFILES, b'u1,"a""b","c"', b'""', b'a"', b'"a"b', b"\xff,1", b"u,\x01"]), ids=repr)
def test_a_profile_line(line: bytes) -> None:
    found = parse_profile(line, MAX_LINE_BYTES)
    try:
        wanted = oracle_profile(decode(line, MAX_LINE_BYTES))
    except Refused:
        assert found is None
        return
    assert found == (wanted.user_id, list(wanted.info))


def test_both_kinds_of_lines_were_among_them() -> None:
    parsed = [parse_request(without_return(line), MAX_LINE_BYTES) for line in [*REQUESTS, *MORE]]
    assert sum(request is None for request in parsed) > 30
    assert sum(request is not None for request in parsed) > 30


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (b"2015-05-17T10:00 u1 1.2.3.4 /x", Outcome.ACCEPTED),
        (b"2015-05-15T00:00 u1 1.2.3.4 /x", Outcome.LATE),
        (b"2015-05-14T23:59:59.9 u1 1.2.3.4 /too-old", Outcome.MALFORMED),
        (b"2015-05-18T00:00 u1 1.2.3.4 /of-tomorrow", Outcome.MALFORMED),
        (b"2015-05-18T00:00+01:00 u1 1.2.3.4 /today-by-its-offset", Outcome.ACCEPTED),
        (b"no request", Outcome.MALFORMED),
    ],
)
def test_the_window_of_days(line: bytes, outcome: Outcome) -> None:
    assert epoch_day(DAY) == DAY.toordinal() - date(1970, 1, 1).toordinal()
    assert judge(DAY, 2, MAX_LINE_BYTES, (), {}, NOBODY)(("a.log", line)).outcome == outcome
    assert judge(DAY, 2, MAX_LINE_BYTES, {"a.log"}, {}, NOBODY)(("a.log", line)).outcome == Outcome.DUPLICATE
