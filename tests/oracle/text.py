"""The checks that every line passes before its dataset's format is looked at."""

import re

from tests.oracle.reasons import Reason, Refused

CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def decode(line: bytes, max_line_bytes: int) -> str:
    """The text of a line; Refused if it is too long, not UTF-8, has a control character or is blank."""
    if len(line) > max_line_bytes:
        raise Refused(Reason.TOO_LONG)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(Reason.INVALID_UTF8) from error
    if CONTROL_CHARACTER.search(text):
        raise Refused(Reason.CONTROL_CHARACTER)
    if is_blank(text):
        raise Refused(Reason.MALFORMED)
    return text


def is_blank(text: str) -> bool:
    """True for nothing but spaces and tabs."""
    return not text.strip(" \t")
