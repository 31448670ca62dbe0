"""Times of a generated day, written once for every second: no line formats a date."""

from datetime import date
from functools import cache

import numpy as np

SECONDS_PER_DAY = 86_400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Requests of each hour of the day, relative to each other: quiet nights, a busy evening.
HOURLY_LOAD = (3, 2, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 11, 10, 9, 9, 9, 10, 12, 14, 15, 13, 9, 5)


def httpd_date(day: date) -> str:
    """The day as the Common Log Format writes it, whatever the locale."""
    return f"{day.day:02d}/{MONTHS[day.month - 1]}/{day.year:04d}"


@cache
def clock_strings() -> list[str]:
    """`hh:mm:ss` by second of the day."""
    return [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in range(SECONDS_PER_DAY)]


def seconds_of_day(shares: np.ndarray) -> np.ndarray:
    """The seconds by which the given shares (0 to 1) of the day's requests have happened."""
    load = np.concatenate([[0], np.cumsum(HOURLY_LOAD)]) / sum(HOURLY_LOAD)
    seconds = np.interp(shares, load, np.arange(len(load)) * 3600)
    return np.asarray(np.minimum(seconds, SECONDS_PER_DAY - 1), dtype=np.int64)
