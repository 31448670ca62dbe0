"""The headline figures of a day and their change against the day before."""

from collections.abc import Mapping
from dataclasses import dataclass

# Name in summary.json and label on the page, in the page's order.
LABELS = {
    "requests": "Requests",
    "named_users": "Named users",
    "distinct_ips": "Addresses",
    "bytes": "Bytes sent",
    "clusters": "Identity clusters",
    "unmatched_users": "Users without a record",
    "blocked_rows": "Blocked requests",
    "hub_ips": "Hub addresses",
    "quarantined_lines": "Quarantined lines",
}
SIZE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"]


@dataclass(frozen=True)
class Figure:
    """A headline figure. before: the same figure of the day before, None where no report of that day tells it."""

    name: str
    value: int
    before: int | None

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def text(self) -> str:
        return self._amount(self.value)

    @property
    def change(self) -> str | None:
        """`+120 (+12.0%)`, `no change`, or None without a day before. A change from 0 has no percentage."""
        if self.before is None:
            return None
        difference = self.value - self.before
        if difference == 0:
            return "no change"
        sign = "+" if difference > 0 else "-"
        share = f" ({difference / self.before:+.1%})" if self.before else ""
        return f"{sign}{self._amount(abs(difference))}{share}"

    def _amount(self, number: int) -> str:
        return size_text(number) if self.name == "bytes" else f"{number:,}"


def headline(values: Mapping[str, int], before: Mapping[str, int]) -> list[Figure]:
    """The figures in the page's order. before: the figures of the day before; one that is not there has no change."""
    return [Figure(name, values[name], before.get(name)) for name in LABELS]


def size_text(size_bytes: int) -> str:
    """A size with three significant digits in decimal units: 999 B, 1.23 MB."""
    power = 0
    while round(size_bytes / 1000**power) >= 1000 and power < len(SIZE_UNITS) - 1:
        power += 1
    scaled = size_bytes / 1000**power
    digits = 0 if power == 0 or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:,.{digits}f} {SIZE_UNITS[power]}"
