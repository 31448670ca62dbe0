"""Lines that the ingest has to quarantine; together they hit every reason it knows."""

import json
from datetime import date, timedelta

from tools.sample_data.times import httpd_date

MAX_LINE_BYTES = 1024 * 1024
LATE_DAYS = 2


def bad_request_lines(day: date) -> list[bytes]:
    """One line for each reason of requests but TOO_LONG, which is big and comes once a day."""
    moment = f"{day.isoformat()}T12:00:00Z"
    out_of_window = day - timedelta(days=LATE_DAYS + 1)
    return [
        f"{moment} u000001 192.0.2.1 /caf".encode() + b"\xe9",  # INVALID_UTF8: Latin-1
        f"{moment} u000001 192.0.2.1 /bell\x07".encode(),  # CONTROL_CHARACTER
        f"{moment} u000001 192.0.2.1".encode(),  # MALFORMED: three fields
        f"{day.isoformat()}T24:00:00Z u000001 192.0.2.1 /".encode(),  # BAD_TIMESTAMP
        f"{moment} u000001 192.0.2.256 /".encode(),  # BAD_IP
        f'192.0.2.1 - - [{httpd_date(day)}:12:00:00 +0000] "GET / HTTP/1.1" 99 -'.encode(),  # BAD_VALUE
        f"{out_of_window.isoformat()}T12:00:00Z u000001 192.0.2.1 /".encode(),  # OUT_OF_WINDOW
    ]


def too_long_request_line(day: date) -> bytes:
    """TOO_LONG: a request whose action makes the line longer than MAX_LINE_BYTES."""
    return f"{day.isoformat()}T12:00:00Z u000001 192.0.2.1 /".encode() + b"a" * MAX_LINE_BYTES


def bad_user_lines() -> list[bytes]:
    """Users with keys that no generated user has."""
    return [
        b'{"user_id": "x1", "name": "Caf\xe9"}',  # INVALID_UTF8
        b'{"user_id": "x2", "name": "Bell\\u0007"}',  # CONTROL_CHARACTER in a decoded string
        b'{"user_id": "x3", "name": ',  # MALFORMED
        b'{"user_id": null, "name": "Nobody"}',  # MISSING_KEY
        b'{"user_id": "x4", "age": 151}',  # BAD_VALUE
        *(json.dumps({"user_id": "x5", "age": age}).encode() for age in (20, 21)),  # CONFLICTING_KEY
    ]


def bad_profile_lines() -> list[bytes]:
    """Profiles with keys that no generated user has."""
    return [
        b'x1,"not closed',  # MALFORMED
        b'"",without key',  # MISSING_KEY
        *(f"x2,{info}".encode() for info in ("one", "two")),  # CONFLICTING_KEY
    ]
