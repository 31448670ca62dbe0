"""The mart tables that are plain aggregates of core.activity and raw.users, sorted by their keys."""

from datetime import date
from typing import Any

import duckdb

from tests.oracle.settings import OracleSettings

Rows = list[tuple[Any, ...]]

USER_DAILY = """
    SELECT $day::DATE AS event_day, user_id, count(*) AS requests, count(DISTINCT ip) AS distinct_ips,
           coalesce(sum(bytes), 0)::BIGINT AS bytes, min(event_ts) AS first_ts, max(event_ts) AS last_ts,
           any_value(name) AS name, any_value(age) AS age, any_value(gender) AS gender
    FROM activity WHERE user_id IS NOT NULL
    GROUP BY user_id ORDER BY user_id
"""
YOUNG_BY_GENDER = """
    SELECT $day::DATE AS event_day, coalesce(gender, 'unknown') AS gender, count(*) AS users,
           count(active.user_id) AS active_users, coalesce(sum(active.requests), 0)::BIGINT AS requests
    FROM users
    LEFT JOIN (SELECT user_id, count(*) AS requests FROM activity GROUP BY user_id) AS active USING (user_id)
    WHERE age < $young_below
    GROUP BY coalesce(gender, 'unknown') ORDER BY 2
"""
IP_USERS_DAILY = """
    SELECT $day::DATE AS event_day, ip, count(DISTINCT user_id) AS users, count(*) AS requests,
           coalesce(list_sort(list(DISTINCT user_id) FILTER (user_id IS NOT NULL))[1:100], []) AS user_ids
    FROM activity GROUP BY ip ORDER BY ip
"""
FILE_TYPES_DAILY = """
    SELECT $day::DATE AS event_day, file_type, count(*) AS requests, coalesce(sum(bytes), 0)::BIGINT AS bytes
    FROM activity GROUP BY file_type ORDER BY file_type
"""
# A request in the 30 s slot that starts at s is in the ten windows that start at s, s - 30 s, … s - 270 s.
TOP_USERS_BY_WINDOW = """
    WITH slots AS (
        SELECT user_id, floor(epoch_us(event_ts) / 30e6)::BIGINT * 30 AS slot_s, count(*) AS requests
        FROM activity WHERE user_id IS NOT NULL GROUP BY ALL
    ), windows AS (
        SELECT user_id, slot_s - 30 * slots_back AS start_s, sum(requests)::BIGINT AS requests
        FROM slots CROSS JOIN range(10) AS slot(slots_back) GROUP BY ALL
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY start_s ORDER BY requests DESC, user_id) AS rank FROM windows
    )
    SELECT $day::DATE AS event_day, make_timestamp(start_s * 1000000) AS window_start,
           make_timestamp((start_s + 300) * 1000000) AS window_end, rank, user_id, requests
    FROM ranked WHERE rank <= 5 ORDER BY window_start, rank
"""
HUB_IPS = """
    SELECT ip FROM activity GROUP BY ip HAVING count(DISTINCT user_id) > $max_users_per_ip ORDER BY ip
"""
UNMATCHED_USERS = """
    SELECT DISTINCT user_id FROM activity WHERE user_id IS NOT NULL AND NOT known_user ORDER BY user_id
"""
USED_ADDRESSES = "SELECT DISTINCT user_id, ip FROM activity WHERE user_id IS NOT NULL ORDER BY ALL"


def aggregate(connection: duckdb.DuckDBPyConnection, day: date, settings: OracleSettings) -> dict[str, Rows]:
    """The rows of each table by its name, columns in the contract's order."""
    queries = {
        "user_daily": USER_DAILY,
        "young_by_gender": YOUNG_BY_GENDER,
        "ip_users_daily": IP_USERS_DAILY,
        "file_types_daily": FILE_TYPES_DAILY,
        "top_users_by_window": TOP_USERS_BY_WINDOW,
    }
    return {name: _run(connection, query, day=day, young_below=settings.young_below) for name, query in queries.items()}


def hub_ips(connection: duckdb.DuckDBPyConnection, settings: OracleSettings) -> list[str]:
    """The addresses with more than max_users_per_ip named users, sorted."""
    return [ip for (ip,) in _run(connection, HUB_IPS, max_users_per_ip=settings.max_users_per_ip)]


def unmatched_users(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The named users of core.activity that raw.users does not have, sorted."""
    return [user_id for (user_id,) in _run(connection, UNMATCHED_USERS)]


def used_addresses(connection: duckdb.DuckDBPyConnection) -> Rows:
    """The distinct (user_id, ip) of named users, sorted."""
    return _run(connection, USED_ADDRESSES)


def _run(connection: duckdb.DuckDBPyConnection, query: str, **values: Any) -> Rows:
    # DuckDB refuses a value that the query does not name.
    used = {name: value for name, value in values.items() if f"${name}" in query}
    return connection.execute(query, used).fetchall()
