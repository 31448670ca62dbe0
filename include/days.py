"""Which day a run is about: the one rule, for every task."""

from datetime import UTC, date, datetime, timedelta
from typing import Any


def parse_day(text: str) -> str:
    """Return a day in the form YYYY-MM-DD; ValueError for anything else."""
    try:
        exact = date.fromisoformat(text).isoformat() == text
    except ValueError:
        exact = False
    if not exact:
        raise ValueError(f"{text!r} is no day of the calendar in the form YYYY-MM-DD")
    return text


def resolve_day(params: Any, data_interval_start: datetime | None) -> str:
    """The Param `day`, or else the day in which the run's data interval starts (UTC).

    The Param comes first because the interval of a run by hand is that of an older day. ValueError: neither is there.
    """
    chosen = params.get("day")
    if chosen:
        return parse_day(str(chosen))
    if data_interval_start is None:
        raise ValueError("this run has neither the Param `day` nor a data interval: trigger it with a day, YYYY-MM-DD")
    return data_interval_start.astimezone(UTC).date().isoformat()


def day_before(params: Any, moment: datetime) -> str:
    """The Param `day`, or else the UTC day before the moment: the newest that may be closed."""
    day = resolve_day(params, moment)
    return day if params.get("day") else (date.fromisoformat(day) - timedelta(days=1)).isoformat()
