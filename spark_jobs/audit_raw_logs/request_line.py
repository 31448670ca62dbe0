"""One line of a landed log, parsed by docs/data.md alone: nothing here is shared with stage ingest."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from spark_jobs.audit_raw_logs.event_days import iso_event_day, log_event_day

CONTROL_CHARACTERS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Possessive: a hostile line must cost linear time.
_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'
AFTER_THE_TIME = re.compile(rf"{_QUOTED} ([^ ]+) ([^ ]+)(?: {_QUOTED} {_QUOTED})?")
REQUEST = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ([^ ]+) HTTP/[0-9]+(?:\.[0-9]+)?")
STATUS, BYTES = re.compile(r"-|[1-9][0-9]{2}"), re.compile(r"-|[0-9]{1,12}")
LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
MAX_HOST_NAME_CHARACTERS = 253


class Request(NamedTuple):
    """What the audit looks at. event_day: the UTC day as an ordinal (event_days.py). user_id and user_agent are None without a value."""

    event_day: int
    user_id: str | None
    ip: str
    action: str
    user_agent: str | None


def parse_request(line: bytes, max_line_bytes: int) -> Request | None:
    """The request of a line in the four-field, the Common or the Combined format; None where docs/data.md quarantines the line.

    The window of days is not judged here.
    """
    if len(line) > max_line_bytes or CONTROL_CHARACTERS.search(line):
        return None
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    fields = text.split(" ")
    if len(fields) == 4 and all(fields):
        return _four_fields(*fields)
    return _log_line(text)


def _four_fields(moment: str, user: str, address: str, action: str) -> Request | None:
    event_day = iso_event_day(moment)
    if event_day is None or not is_address(address):
        return None
    return Request(event_day, _value(user), address, action, None)


def _log_line(text: str) -> Request | None:
    """`host ident user [time] "request" status bytes`, and for Combined ` "referer" "user_agent"`.

    Ident and user hold no `[`, a host has no space before it: the first ` [` opens the time.
    """
    head, _, behind = text.partition(" [")
    moment, closed, tail = behind.partition("] ")
    names = head.split(" ", 2)
    rest = AFTER_THE_TIME.fullmatch(tail)
    if not closed or "]" in moment or len(names) < 3 or rest is None:
        return None
    host, ident, user = names
    request, status, size, _, agent = rest.groups()
    if not ident or "[" in ident or not user or "[" in user or user != user.strip(" "):
        return None
    event_day = log_event_day(moment)
    if event_day is None or not is_host(host) or not STATUS.fullmatch(status) or not BYTES.fullmatch(size):
        return None
    well_formed = REQUEST.fullmatch(request)
    return Request(
        event_day, None if user == '""' else _value(user), host, request if well_formed is None else well_formed[1], _value(agent)
    )


@lru_cache(maxsize=10_000)
def is_address(text: str) -> bool:
    """An IPv4 literal without leading zeros, or an IPv6 literal without a zone."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


@lru_cache(maxsize=10_000)
def is_host(text: str) -> bool:
    """An address or a host name; `-` is neither."""
    if is_address(text):
        return True
    labels = text.split(".")
    is_name = len(text) <= MAX_HOST_NAME_CHARACTERS and all(map(LABEL.fullmatch, labels)) and not re.fullmatch("[0-9]+", labels[-1])
    return is_name and text != "-"


def _value(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text
