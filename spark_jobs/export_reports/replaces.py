"""Of two exports of a day the second one to come to its end begins again: a stale one must not take a newer one's place."""

from datetime import date

from spark_jobs.lake.errors import TryAgain


def check_replaces(day: date, replaces: str | None, now: str | None) -> None:
    """TryAgain: the day's release is another one than it was when an export was begun."""
    if now != replaces:
        raise TryAgain(f"another export of {day.isoformat()} has put {now} in place since this one was begun")
