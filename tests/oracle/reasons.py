"""Why a line is quarantined."""

from enum import StrEnum


class Reason(StrEnum):
    """The reasons of docs/data.md, in the order in which they are tried."""

    TOO_LONG = "TOO_LONG"
    INVALID_UTF8 = "INVALID_UTF8"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    MALFORMED = "MALFORMED"
    MISSING_KEY = "MISSING_KEY"
    BAD_TIMESTAMP = "BAD_TIMESTAMP"
    BAD_IP = "BAD_IP"
    BAD_VALUE = "BAD_VALUE"
    OUT_OF_WINDOW = "OUT_OF_WINDOW"
    CONFLICTING_KEY = "CONFLICTING_KEY"


class Refused(Exception):
    """A line that goes to raw.quarantine; `reason` is the first of the list that holds."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
