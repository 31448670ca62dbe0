"""The same ingest and aggregates in DuckDB, for comparison: `python -m bench.duckdb_day LANDING DAY`.

It parses the landed request lines with one regular expression a format, drops what the blocklist blocks, joins the users and writes four
marts as Parquet. It keeps no quarantine, no ledger and no gates: a lower bound, not a rival.
"""

import sys
import tempfile
from pathlib import Path

import duckdb

LOG = (
    r'^(\S+) \S+ ([^\[]+) \[([^\]]+)\] "(?:(\S+) (\S+) HTTP/[0-9.]+|((?:[^"\\]|\\.)*))" (\S+) (\S+)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?$'
)
FIELDS = ["host", "usr", "time", "method", "target", "whole", "status", "bytes", "referer", "agent"]
MARTS = {
    "user_daily": """
        SELECT user_id, count(*), count(DISTINCT ip), sum(bytes), min(ts), max(ts) FROM activity
        WHERE user_id IS NOT NULL GROUP BY 1""",
    "ip_users": "SELECT ip, count(DISTINCT user_id), count(*), list_sort(list(DISTINCT user_id))[:100] FROM activity GROUP BY 1",
    "file_types": "SELECT regexp_extract(lower(action), '[.]([a-z0-9]{1,8})([?#]|$)', 1), count(*), sum(bytes) FROM activity GROUP BY 1",
    "top_users": """
        WITH slots AS (SELECT user_id, epoch(ts)::BIGINT // 30 * 30 AS slot, count(*) AS n FROM activity
                       WHERE user_id IS NOT NULL GROUP BY ALL),
        windows AS (SELECT user_id, unnest(range(slot - 270, slot + 1, 30)) AS start, n FROM slots),
        counted AS (SELECT start, user_id, sum(n) AS n FROM windows GROUP BY ALL)
        SELECT * FROM counted QUALIFY row_number() OVER (PARTITION BY start ORDER BY n DESC, user_id) <= 5""",
}


def main(landing: str, day: str) -> None:
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '4GB'")
    connection.execute(f"""
        CREATE TABLE lines AS SELECT column0 AS line FROM read_csv('{landing}/requests/dt={day}/*.log*', header = false, sep = '\\0',
            columns = {{'column0': 'VARCHAR'}}, quote = '', escape = '', ignore_errors = true, max_line_size = 20000000)""")
    names = ", ".join(f"'{name}'" for name in FIELDS)
    connection.execute(f"""
        CREATE TABLE parsed AS
        SELECT f.host AS ip, nullif(f.usr, '-') AS user_id, try_strptime(f.time, '%d/%b/%Y:%H:%M:%S %z') AT TIME ZONE 'UTC' AS ts,
               if(f.method <> '', f.target, f.whole) AS action, try_cast(f.bytes AS BIGINT) AS bytes, f.agent AS agent
        FROM (SELECT regexp_extract(line, $log, [{names}]) AS f FROM lines WHERE line LIKE '%] "%') WHERE f.host <> ''
        UNION ALL
        SELECT s[3], nullif(s[2], '-'), try_cast(s[1] AS TIMESTAMP), s[4], NULL, NULL
        FROM (SELECT string_split(line, ' ') AS s FROM lines WHERE line NOT LIKE '%] "%') WHERE len(s) = 4""", {"log": LOG})  # fmt: skip
    columns = "{'column0': 'VARCHAR'}"
    connection.execute(f"""
        CREATE TABLE blocklist AS
        SELECT column0 AS b FROM read_csv('{landing}/blocklist.txt', header = false, sep = '\\0', columns = {columns})""")
    connection.execute(f"""
        CREATE TABLE activity AS SELECT * FROM parsed p WHERE ts::DATE = DATE '{day}' AND NOT EXISTS (
            SELECT 1 FROM blocklist WHERE contains(p.ip, b) OR contains(coalesce(p.user_id, ''), b) OR contains(p.action, b)
                                          OR contains(coalesce(p.agent, ''), b))""")
    with tempfile.TemporaryDirectory() as folder:
        for name, query in {"activity": "FROM activity", **MARTS}.items():
            connection.execute(f"COPY ({query}) TO '{Path(folder) / name}.parquet' (COMPRESSION zstd)")
    print(connection.execute("SELECT count(*) FROM activity").fetchall()[0][0], "rows of activity")


if __name__ == "__main__":
    main(*sys.argv[1:])
