"""A day's report as plain values: everything the files are made from, none of it tied to Spark."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from spark_jobs.aggregate.schema import (
    FILE_TYPES_DAILY,
    IP_USERS_DAILY,
    TOP_USERS_BY_WINDOW,
    USER_DAILY,
    YOUNG_BY_GENDER,
)
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.export_reports.measures import HALF_HOURS, LINE_COUNTS
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.ingest.schema import QUARANTINE, REQUESTS

MARTS = (USER_DAILY, YOUNG_BY_GENDER, IP_USERS_DAILY, FILE_TYPES_DAILY, TOP_USERS_BY_WINDOW, IDENTITIES)
DATASETS = ("users", "requests", "profiles")


@dataclass(frozen=True)
class Version:
    """What was read of a table: a snapshot, and the rows that the day has in it."""

    snapshot_id: int
    rows: int


@dataclass(frozen=True)
class Measures:
    """The aggregates of measures.py as Pandas frames, their columns as told there, their rows in any order."""

    half_hours: pd.DataFrame
    unmatched_users: pd.DataFrame
    quarantine: pd.DataFrame
    samples: pd.DataFrame
    datasets: pd.DataFrame
    late: pd.DataFrame
    gates: pd.DataFrame


@dataclass(frozen=True)
class Report:
    """A day's report.

    marts: the mart tables' day by table name. versions: every table that was read, by name.
    before: the headline figures of the day before by name; empty where that day has no report.
    run_command: what people type to run a day again, with <day> in that day's place.
    """

    day: date
    run_id: str
    release_id: str
    marts: Mapping[str, pd.DataFrame]
    measures: Measures
    versions: Mapping[str, Version]
    before: Mapping[str, int]
    max_users_per_ip: int
    late_days: int
    run_command: str

    def run_again(self, day: date) -> str:
        return self.run_command.replace("<day>", day.isoformat())

    @cached_property
    def figures(self) -> dict[str, int]:
        """The headline figures by name."""
        activity_rows = self.versions[ACTIVITY.name].rows
        return {
            "requests": activity_rows,
            "named_users": len(self.marts[USER_DAILY.name]),
            "distinct_ips": len(self.marts[IP_USERS_DAILY.name]),
            "bytes": int(self.marts[FILE_TYPES_DAILY.name]["bytes"].sum()),
            "clusters": int(self.marts[IDENTITIES.name]["cluster_id"].nunique()),
            "unmatched_users": int(self.measures.unmatched_users["users"].sum()),
            "blocked_rows": self.versions[REQUESTS.name].rows - activity_rows,
            "hub_ips": len(self.hubs),
            "quarantined_lines": self.versions[QUARANTINE.name].rows,
        }

    @cached_property
    def hubs(self) -> pd.DataFrame:
        """The addresses with more than max_users_per_ip named users, most users first, ties by address."""
        addresses = self.marts[IP_USERS_DAILY.name]
        hubs = addresses[addresses["users"] > self.max_users_per_ip]
        return hubs.sort_values(["users", "ip"], ascending=[False, True])

    @cached_property
    def half_hours(self) -> list[int]:
        """Requests of the day's 48 half hours, the first from 00:00 UTC."""
        requests = self.measures.half_hours.set_index("half_hour")["requests"]
        return [int(count) for count in requests.reindex(range(HALF_HOURS), fill_value=0)]

    @cached_property
    def landed(self) -> dict[str, dict[str, int]]:
        """The counts of LINE_COUNTS for each dataset; all of them 0 where the ledger has no file of it."""
        counts = self.measures.datasets.set_index("dataset").reindex(DATASETS, fill_value=0)
        return {name: {count: int(counts.loc[name, count]) for count in LINE_COUNTS} for name in DATASETS}

    @cached_property
    def late_lines(self) -> dict[date, int]:
        """Requests that landed this day and belong to an earlier one, by that day, oldest first."""
        late = self.measures.late.sort_values("event_day")
        return {day: int(lines) for day, lines in zip(late["event_day"], late["lines"], strict=True)}
