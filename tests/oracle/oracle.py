"""The oracle's entry: everything docs/data.md promises of one day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from tests.oracle import activity, files, identities, keyed, marts, report_csv
from tests.oracle.counts import Counts, Ledger, QuarantinedLine
from tests.oracle.profile_line import Profile
from tests.oracle.requests import read_requests
from tests.oracle.settings import DEFAULTS, OracleSettings
from tests.oracle.user_line import User


@dataclass(frozen=True)
class OracleDay:
    """What a run for `day` has to give.

    counts: by dataset (requests, users, profiles), of the landing day; arrived_late is in counts["requests"] too.
    ledger: the same by source_file, those of later landings too.
    requests: raw.requests; event_ts is UTC without a zone. activity: core.activity. Both in no order that counts.
    users, profiles: raw.users and raw.profiles, sorted by user_id. quarantine: raw.quarantine, sorted.
    marts: rows of each mart table by its name without `mart.`, sorted by key; csv: the report's files by file name.
    """

    day: date
    counts: dict[str, Counts]
    ledger: dict[str, Counts]
    requests: pa.Table
    users: list[User]
    profiles: list[Profile]
    quarantine: list[QuarantinedLine]
    activity: pa.Table
    blocked_rows: int
    unmatched_users: list[str]
    hub_ips: list[str]
    marts: dict[str, marts.Rows]
    csv: dict[str, bytes]

    @property
    def arrived_late(self) -> int:
        """Rows of raw.requests that later landings brought."""
        return self.counts["requests"].arrived_late


def compute(landing: Path, day: date, settings: OracleSettings = DEFAULTS) -> OracleDay:
    """The day as docs/data.md defines it; files.LandingError if it is not complete or a file may not be read."""
    waiting = [dataset for dataset in files.ENDINGS if not files.is_complete(landing, dataset, day)]
    if waiting:
        raise files.LandingError(f"{landing}: {day} has no {files.MARKER} of {', '.join(waiting)}")
    ledger = Ledger()
    requests = read_requests(landing, day, settings, ledger)
    users = keyed.read_users(landing, day, settings, ledger)
    profiles = keyed.read_profiles(landing, day, settings, ledger)
    connection = activity.build_activity(requests, users, profiles, files.read_blocklist(landing))
    hubs = marts.hub_ips(connection, settings)
    tables = marts.aggregate(connection, day, settings)
    tables["identities"] = identities.build_identities(marts.used_addresses(connection), hubs, day)
    core: pa.Table = connection.sql("FROM activity").to_arrow_table()
    return OracleDay(
        day=day,
        counts={dataset: ledger.dataset(dataset) for dataset in files.ENDINGS},
        ledger=ledger.files,
        requests=requests,
        users=users,
        profiles=profiles,
        quarantine=sorted(ledger.quarantine, key=lambda row: (row.source_file, row.reason, row.line)),
        activity=core,
        blocked_rows=requests.num_rows - core.num_rows,
        unmatched_users=marts.unmatched_users(connection),
        hub_ips=hubs,
        marts=tables,
        csv={f"{name}.csv": report_csv.render(name, rows) for name, rows in tables.items()},
    )
