"""The two timestamp formats of request lines, as microseconds since 1970-01-01T00:00:00Z."""

import re
from datetime import date, datetime
from functools import lru_cache

MICROSECONDS_PER_DAY = 86_400_000_000
MAX_OFFSET_MINUTES = 18 * 60
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII)
HTTPD = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=200_000)
def parse_iso(text: str) -> int:
    """`YYYY-MM-DDThh:mm[:ss[.f{1,9}]][Z|±hh|±hhmm|±hh:mm]`; ValueError if it is none or there is no such moment."""
    match = ISO.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    microseconds = int((fraction or "")[:6].ljust(6, "0"))
    return _to_utc(local, sign, offset_hours, offset_minutes) + microseconds


@lru_cache(maxsize=200_000)
def parse_httpd(text: str) -> int:
    """`dd/Mon/yyyy:hh:mm:ss ±hhmm`; ValueError if it is none or there is no such moment."""
    match = HTTPD.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, month, year, hour, minute, second, sign, offset_hours, offset_minutes = match.groups()
    local = datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))
    return _to_utc(local, sign, offset_hours, offset_minutes)


def _to_utc(local: datetime, sign: str | None, offset_hours: str | None, offset_minutes: str | None) -> int:
    # Plain integers: an offset may lead out of the years that datetime can hold.
    offset = int(offset_hours or 0) * 60 + int(offset_minutes or 0)
    if int(offset_minutes or 0) > 59 or offset > MAX_OFFSET_MINUTES:
        raise ValueError(f"offset of {offset} minutes")
    minutes = (local.toordinal() - EPOCH_ORDINAL) * 1440 + local.hour * 60 + local.minute
    minutes += offset if sign == "-" else -offset
    return (minutes * 60 + local.second) * 1_000_000


def epoch_day(day: date) -> int:
    return day.toordinal() - EPOCH_ORDINAL


def date_of(epoch_day_number: int) -> date:
    return date.fromordinal(EPOCH_ORDINAL + epoch_day_number)
