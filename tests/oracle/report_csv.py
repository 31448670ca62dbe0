"""The report's CSV files, byte for byte."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

COLUMNS = {
    "user_daily": "event_day user_id requests distinct_ips bytes first_ts last_ts name age gender",
    "young_by_gender": "event_day gender users active_users requests",
    "ip_users_daily": "event_day ip users requests user_ids",
    "file_types_daily": "event_day file_type requests bytes",
    "top_users_by_window": "event_day window_start window_end rank user_id requests",
    "identities": "event_day node_type node cluster_id cluster_users cluster_ips",
}
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def render(table: str, rows: Iterable[Sequence[Any]]) -> bytes:
    """The file of a mart table: header and rows, in the order given."""
    records = [COLUMNS[table].split(), *([_cell(value) for value in row] for row in rows)]
    return "".join(",".join(_quoted(cell) for cell in record) + "\n" for record in records).encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(RUN_BY_SPREADSHEETS) else value
        case list():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case datetime():
            return f"{value.isoformat()}Z"  # isoformat writes six digits of fraction, or none where it is 0
        case date():
            return value.isoformat()
        case int():
            return str(value)
    raise TypeError(f"no CSV cell for {value!r}")


def _quoted(cell: str) -> str:
    if any(character in cell for character in ',"\n\r'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
