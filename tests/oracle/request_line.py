"""One line of landing/requests."""

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.oracle.addresses import is_host, is_ip
from tests.oracle.reasons import Reason, Refused
from tests.oracle.timestamps import parse_httpd, parse_iso

QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
FOUR_FIELDS = re.compile(r"([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)")
HTTPD = re.compile(rf"([^ ]+) [^ \[]+ ([^\[ ](?:[^\[]*[^\[ ])?) \[([^\]]*)\] {QUOTED} ([^ ]+) ([^ ]+)(?: {QUOTED} {QUOTED})?")
# RFC 9110 5.6.2 says which characters a method may have.
REQUEST = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^ ]+) HTTP/[0-9]+(?:\.[0-9]+)?")
STATUS = re.compile(r"[1-9][0-9]{2}")
BYTES = re.compile(r"[0-9]{1,12}")


class Request(NamedTuple):
    """A parsed line; event_us in microseconds since 1970-01-01T00:00:00Z, bytes of the response's body."""

    event_us: int
    user_id: str | None
    ip: str
    action: str
    method: str | None
    status: int | None
    bytes: int | None
    referer: str | None
    user_agent: str | None


def parse_request(text: str) -> Request:
    """The request of a line in the 4-field, the Common or the Combined format; Refused if it is none of them."""
    four = FOUR_FIELDS.fullmatch(text)
    if four is not None:
        return _four_fields(*four.groups())
    httpd = HTTPD.fullmatch(text)
    if httpd is not None:
        return _httpd(*httpd.groups())
    raise Refused(Reason.MALFORMED)


def _four_fields(time: str, user: str, address: str, action: str) -> Request:
    event_us = _moment(parse_iso, time)
    if not is_ip(address):
        raise Refused(Reason.BAD_IP)
    return Request(event_us, _value(user), address, action, None, None, None, None, None)


def _httpd(host: str, user: str, time: str, request: str, status: str, size: str, referer: str | None, agent: str | None) -> Request:
    event_us = _moment(parse_httpd, time)
    if not is_host(host):
        raise Refused(Reason.BAD_IP)
    method, action = _method_and_action(request)
    return Request(
        event_us,
        None if user == '""' else _value(user),
        host,
        action,
        method,
        _number(STATUS, status),
        _number(BYTES, size),
        _value(referer),
        _value(agent),
    )


def _moment(parse: Callable[[str], int], time: str) -> int:
    try:
        return parse(time)
    except ValueError as error:
        raise Refused(Reason.BAD_TIMESTAMP) from error


def _method_and_action(request: str) -> tuple[str | None, str]:
    match = REQUEST.fullmatch(request)
    return (match[1], match[2]) if match is not None else (None, request)


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    if text == "-":
        return None
    if pattern.fullmatch(text) is None:
        raise Refused(Reason.BAD_VALUE)
    return int(text)


def _value(text: str | None) -> str | None:
    """NULL for what is absent, empty or `-`."""
    return None if text in (None, "", "-") else text
