"""The UTC day of the two written forms of a moment, as a proleptic ordinal: day 1 is 0001-01-01."""

import re
from datetime import date, time
from functools import lru_cache

MINUTES_PER_DAY = 24 * 60
MAX_OFFSET_MINUTES = 18 * 60
ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)
LOG = re.compile(r"([0-9]{2})/([A-Z][a-z]{2})/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}


# A log's lines come in the order of time: the same second stands on many of them.
@lru_cache(maxsize=10_000)
def iso_event_day(text: str) -> int | None:
    """Of `2026-11-01T10:00[:00[.5]][offset]`, UTC without an offset; None where it is not in the form or no such moment."""
    found = ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, offset_hours, offset_minutes = found.groups(default="0")
    return _utc_day((year, month, day), (hour, minute, second), sign, offset_hours, offset_minutes)


@lru_cache(maxsize=10_000)
def log_event_day(text: str) -> int | None:
    """Of `01/Nov/2026:10:00:00 +0000`; None where it is not in the form or no such moment."""
    found = LOG.fullmatch(text)
    if found is None or found[2] not in MONTH_NUMBERS:
        return None
    day, month, year, hour, minute, second, sign, offset_hours, offset_minutes = found.groups()
    return _utc_day((year, str(MONTH_NUMBERS[month]), day), (hour, minute, second), sign, offset_hours, offset_minutes)


def _utc_day(day: tuple[str, ...], clock: tuple[str, ...], sign: str, offset_hours: str, offset_minutes: str) -> int | None:
    try:
        year, month, day_of_month = map(int, day)
        hour, minute, second = map(int, clock)
        local_day, local_time = date(year, month, day_of_month), time(hour, minute, second)
    except ValueError:
        return None
    offset = int(offset_hours) * 60 + int(offset_minutes)
    if int(offset_minutes) > 59 or offset > MAX_OFFSET_MINUTES:
        return None
    minutes = local_time.hour * 60 + local_time.minute + (offset if sign == "-" else -offset)
    return local_day.toordinal() + minutes // MINUTES_PER_DAY
