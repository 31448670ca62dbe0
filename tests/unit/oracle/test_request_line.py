"""Request lines of the three formats."""

import pytest

from tests.oracle.reasons import Reason, Refused
from tests.oracle.request_line import Request, parse_request

TEN = 1_793_527_200_000_000  # 2026-11-01T10:00:00Z, microseconds
HTTPD_TIME = "[01/Nov/2026:10:00:00 +0000]"


def test_four_fields() -> None:
    assert parse_request("2026-11-01T10:00:00Z u17 192.0.2.7 /index.html") == Request(
        TEN, "u17", "192.0.2.7", "/index.html", None, None, None, None, None
    )


def test_a_dash_is_no_user_but_is_an_action() -> None:
    request = parse_request("2026-11-01T10:00:00Z - 192.0.2.7 -")
    assert (request.user_id, request.action) == (None, "-")


def test_common() -> None:
    assert parse_request(f'192.0.2.7 ident u17 {HTTPD_TIME} "GET /a?b HTTP/1.1" 200 12') == Request(
        TEN, "u17", "192.0.2.7", "/a?b", "GET", 200, 12, None, None
    )


def test_combined_with_a_host_name_and_no_values() -> None:
    assert parse_request(f'host.example - - {HTTPD_TIME} "POST /a HTTP/2" - - "-" ""') == Request(
        TEN, None, "host.example", "/a", "POST", None, None, None, None
    )


def test_escapes_stay_as_written() -> None:
    request = parse_request(rf'::1 - - {HTTPD_TIME} "GET /\"q\" HTTP/1.0" 200 1 "r\\" "say \"hi\" \x41"')
    assert request.action == r"/\"q\""
    assert request.referer == r"r\\"  # the second backslash is escaped, so the quote ends the field
    assert request.user_agent == r"say \"hi\" \x41"


@pytest.mark.parametrize(("user", "expected"), [("-", None), ('""', None), ("John Smith", "John Smith"), ('"a" b', '"a" b')])
def test_httpd_user(user: str, expected: str | None) -> None:
    assert parse_request(f'::1 - {user} {HTTPD_TIME} "GET / HTTP/1.1" 200 1').user_id == expected


@pytest.mark.parametrize("field", ["-", "", r"\x16\x03\x01", "GET /old", "GET /a b HTTP/1.1", "GET / http/1.1", "/"])
def test_other_requests_are_kept_whole(field: str) -> None:
    request = parse_request(f'::1 - - {HTTPD_TIME} "{field}" 400 0')
    assert (request.method, request.action) == (None, field)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-01T10:00:00Z u17 192.0.2.7", Reason.MALFORMED),  # three fields
        ("2026-11-01T10:00:00Z u17 192.0.2.7 /a b", Reason.MALFORMED),  # five
        ("2026-11-01T10:00:00Z  192.0.2.7 /a", Reason.MALFORMED),  # an empty one
        (" 2026-11-01T10:00:00Z u17 192.0.2.7 /a", Reason.MALFORMED),
        ("2026-11-01T10:00:00Z u17 192.0.2.7 /a ", Reason.MALFORMED),
        ("what is this thing", Reason.BAD_TIMESTAMP),  # four tokens: the format, but no time
        ("- u17 192.0.2.7 /a", Reason.BAD_TIMESTAMP),
        ("2026-11-01T25:00:00Z u17 nowhere /a", Reason.BAD_TIMESTAMP),  # before BAD_IP
        ("2026-11-01T10:00:00Z u17 host.example /a", Reason.BAD_IP),  # no host names here
        ("2026-11-01T10:00:00Z u17 - /a", Reason.BAD_IP),
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200', Reason.MALFORMED),  # no bytes
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200 1 "r"', Reason.MALFORMED),  # a referer without an agent
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200 1 "r" "a" x', Reason.MALFORMED),
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200 1 ', Reason.MALFORMED),
        (f'::1 - - {HTTPD_TIME} "GET /\\" 200 1', Reason.MALFORMED),  # the closing quote is escaped
        (f'::1 - a[b {HTTPD_TIME} "GET / HTTP/1.1" 200 1', Reason.MALFORMED),
        ('::1 - - [yesterday] "GET / HTTP/1.1" 99 1', Reason.BAD_TIMESTAMP),  # before BAD_VALUE
        (f'192.0.2.256 - - {HTTPD_TIME} "GET / HTTP/1.1" 99 1', Reason.BAD_IP),  # before BAD_VALUE
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 99 1', Reason.BAD_VALUE),
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 1000 1', Reason.BAD_VALUE),
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200 1.5', Reason.BAD_VALUE),
        (f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 200 {"1" * 16}', Reason.BAD_VALUE),
    ],
)
def test_refused(line: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        parse_request(line)
    assert refused.value.reason == reason


def test_largest_values() -> None:
    request = parse_request(f'::1 - - {HTTPD_TIME} "GET / HTTP/1.1" 999 {"9" * 12}')
    assert (request.status, request.bytes) == (999, 999_999_999_999)
