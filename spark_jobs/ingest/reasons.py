"""Why a line is quarantined. docs/data.md says when each applies and in which order they are tried."""

from enum import StrEnum


class Reason(StrEnum):
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


class Outcome(StrEnum):
    """What became of a line."""

    ACCEPTED = "accepted"
    ARRIVED_LATE = "arrived_late"
    LATE = "late"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
    ERASED = "erased"
