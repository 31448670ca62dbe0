"""One line of the landed profiles: an RFC 4180 record of any width."""

import re

from spark_jobs.audit_raw_logs.request_line import CONTROL_CHARACTERS

FIELD = re.compile(r'"((?:[^"]++|"")*+)"|([^",]*+)')


def parse_profile(line: bytes, max_line_bytes: int) -> tuple[str, list[str]] | None:
    """(user_id, the other fields as they are); None where docs/data.md quarantines the line for itself alone."""
    if len(line) > max_line_bytes or CONTROL_CHARACTERS.search(line):
        return None
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    fields = _fields(text)
    if fields is None or fields[0].strip() in ("", "-") or not text.strip(" \t"):
        return None
    return fields[0], fields[1:]


def _fields(text: str) -> list[str] | None:
    fields, at = [], 0
    while True:
        found = FIELD.match(text, at)
        if found is None:
            return None
        fields.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        at = found.end()
        if at == len(text):
            return fields
        if text[at] != ",":
            return None
        at += 1
