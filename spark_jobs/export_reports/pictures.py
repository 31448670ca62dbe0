"""Which charts a report has, by file name, with a text that says what each shows."""

from dataclasses import dataclass

import pandas as pd

from spark_jobs.aggregate.schema import FILE_TYPES_DAILY, USER_DAILY
from spark_jobs.export_reports.charts import DARK, LIGHT, half_hour_chart, ranked_chart
from spark_jobs.export_reports.report import Report
from spark_jobs.identities.schema import IDENTITIES

TOP = 10


@dataclass(frozen=True)
class Picture:
    """A chart as PNG for bright and for dark screens. alt: its content in words, for those who do not see it."""

    name: str
    alt: str
    light: bytes
    dark: bytes


def pictures(report: Report) -> list[Picture]:
    """The report's charts in the page's order."""
    users = _largest(report.marts[USER_DAILY.name], "user_id")
    types = _largest(report.marts[FILE_TYPES_DAILY.name], "file_type")
    sizes = cluster_sizes(report.marts[IDENTITIES.name])
    return [
        _half_hours(report.half_hours),
        _ranked("top_users.png", "Most active users, by requests", users),
        _ranked("file_types.png", "Most frequent file types, by requests", types),
        _ranked("cluster_sizes.png", "Identity clusters by number of users", sizes),
    ]


def cluster_sizes(identities: pd.DataFrame) -> list[tuple[str, int]]:
    """The number of clusters with 1 user, 2, 3–4, 5–8, … up to the largest, with a 0 for the sizes in between."""
    users = identities.drop_duplicates("cluster_id")["cluster_users"].astype(int)
    powers = users.map(lambda count: (count - 1).bit_length())
    counts = powers.value_counts()
    return [(_size_label(power), int(counts.get(power, 0))) for power in range(max(powers, default=-1) + 1)]


def _size_label(power: int) -> str:
    low, high = 2 ** (power - 1) + 1 if power else 1, 2**power
    return f"{high:,}" if low >= high else f"{low:,}–{high:,}"


def _largest(frame: pd.DataFrame, label: str) -> list[tuple[str, int]]:
    """The rows with the most requests, ties by label."""
    top = frame.sort_values(["requests", label], ascending=[False, True]).head(TOP)
    return [(str(name), int(requests)) for name, requests in zip(top[label], top["requests"], strict=True)]


def _half_hours(requests: list[int]) -> Picture:
    peak = requests.index(max(requests))
    peak_start = f"{peak // 2:02d}:{peak % 2 * 30:02d}"
    alt = f"Requests by half hour: {sum(requests):,} in all, at most {max(requests):,} from {peak_start} UTC."
    return Picture("requests_by_half_hour.png", alt, half_hour_chart(requests, LIGHT), half_hour_chart(requests, DARK))


def _ranked(name: str, title: str, bars: list[tuple[str, int]]) -> Picture:
    labels, values = [label for label, _ in bars], [value for _, value in bars]
    alt = f"{title}: " + (", ".join(f"{label} {value:,}" for label, value in bars) or "nothing to show") + "."
    return Picture(name, alt, ranked_chart(title, labels, values, LIGHT), ranked_chart(title, labels, values, DARK))
