"""One line of landing/profiles."""

import re
from typing import NamedTuple

from tests.oracle.reasons import Reason, Refused
from tests.oracle.text import is_blank

FIELD = re.compile(r'"((?:[^"]|"")*)"|([^",]*)')


class Profile(NamedTuple):
    """A parsed line: the first field, and all others as they are."""

    user_id: str
    info: tuple[str, ...]


def parse_profile(text: str) -> Profile:
    """The profile of a line; Refused if it is not one RFC 4180 record or its key is missing."""
    user_id, *info = _fields(text)
    if is_blank(user_id) or user_id == "-":
        raise Refused(Reason.MISSING_KEY)
    return Profile(user_id, tuple(info))


def _fields(text: str) -> list[str]:
    fields: list[str] = []
    position = 0
    while True:
        match = FIELD.match(text, position)
        assert match is not None  # the second branch matches the empty string
        quoted, plain = match.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        if match.end() == len(text):
            return fields
        if text[match.end()] != ",":
            raise Refused(Reason.MALFORMED)
        position = match.end() + 1
