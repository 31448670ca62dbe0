"""What a replay finds: by day, dataset and reason how many lines would leave the quarantine, and which days that changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

COLUMNS = ("day", "dataset", "reason", "quarantined", "would pass", "would drop")
TEXTS = 3


@dataclass
class Gain:
    """The quarantined lines of a day, dataset and reason, and what would become of them.

    event_days: of those requests that would pass: they may be of an earlier day, which takes them in when it is run again.
    """

    day: date
    dataset: str
    reason: str
    quarantined: int = 0
    would_pass: int = 0
    would_drop: int = 0
    event_days: set[date] = field(default_factory=set)

    def cells(self) -> tuple[str, ...]:
        numbers = (self.quarantined, self.would_pass, self.would_drop)
        return self.day.isoformat(), self.dataset, self.reason, *(f"{number:,}" for number in numbers)


def gains(judged: DataFrame) -> list[Gain]:
    """Of judged lines, as judge.py gives them; by day and reason. What is collected is a row for each of these and each event_day."""
    keys = ("source_file", "passes", "is_dropped", "event_day")
    found: dict[str, Gain] = {}
    for row in judged.groupBy(*keys).agg(F.count("*").alias("lines")).orderBy("source_file").collect():
        dataset, day, reason = row.source_file.split("/")
        gain = found.setdefault(row.source_file, Gain(date.fromisoformat(day.removeprefix("dt=")), dataset, reason))
        gain.quarantined += row.lines
        gain.would_pass += row.lines if row.passes else 0
        gain.would_drop += row.lines if row.is_dropped else 0
        gain.event_days |= {row.event_day} - {None}
    return list(found.values())


def days_that_gain(found: Iterable[Gain]) -> list[date]:
    """The landing days that some line of would leave, and the earlier days that would get requests of them; sorted."""
    gaining = [gain for gain in found if gain.would_pass or gain.would_drop]
    return sorted({gain.day for gain in gaining}.union(*(gain.event_days for gain in gaining)))


def listing(found: Sequence[Gain]) -> list[str]:
    """A line for each gain under a head, by day, dataset and reason."""
    if not found:
        return ["no such line is in quarantine there"]
    rows = [COLUMNS, *sorted(gain.cells() for gain in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    return ["  ".join(f"{cell:{'<' if at < TEXTS else '>'}{widths[at]}}" for at, cell in enumerate(row)) for row in rows]
