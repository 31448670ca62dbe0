"""A good day in miniature: every view that a suite may read, by hand, each agreeing with the others.

Of six requests five are kept, one is blocked by its user agent. u1 and u2 share an address, u9 is in no landed file of users, u3 is
silent, one request is anonymous and one arrived with the next landing.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructField, StructType

from spark_jobs.gate.schema import BY_NAME
from tests.unit.spark_jobs.gate.world_marts import MART_ROWS

DAY = date(2026, 11, 1)
NEXT_DAY = date(2026, 11, 2)

World = dict[str, list[dict[str, Any]]]
Edit = Callable[[World], None]

A_LOG = "requests/dt=2026-11-01/a.log"
LATE_LOG = "requests/dt=2026-11-02/late.log"
A_JSON = "users/dt=2026-11-01/a.json"
A_CSV = "profiles/dt=2026-11-01/a.csv"
FIXES = "_corrections/requests/dt=2026-11-01/fixes.jsonl"

# The views that are no table of the lake.
OTHER_SCHEMAS = {
    "params": "day date, max_quarantined_share double, late_days int, max_users_per_ip int, young_below_years int",
    "staged_changes": "table_name string, day date",
    "landed_lines": "dataset string, source_file string, lines bigint",
    "blocklist": "literal string",
    "volume": "table_name string, day date, rows bigint",
}


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-01T{time}+00:00").astimezone(UTC)


ROWS: dict[str, list[tuple[Any, ...]]] = {
    "params": [(DAY, 0.25, 2, 2, 21)],
    "staged_changes": [(name, DAY) for name in BY_NAME],
    "landed_lines": [("requests", A_LOG, 10), ("users", A_JSON, 4), ("profiles", A_CSV, 2)],
    "blocklist": [("EvilBot",)],
    "raw_requests": [
        (DAY, at("10:00:00"), DAY, "u1", "192.0.2.1", "/a.html", "GET", 200, 100, None, "curl/8", A_LOG),
        (DAY, at("10:00:10"), DAY, "u2", "192.0.2.1", "/b.png", None, None, 50, None, None, A_LOG),
        (DAY, at("10:00:40"), NEXT_DAY, "u1", "192.0.2.2", "/c.html", None, None, None, None, None, LATE_LOG),  # arrived late
        (DAY, at("10:00:00"), DAY, None, "192.0.2.3", "/", "GET", 404, 10, None, None, A_LOG),  # anonymous
        (DAY, at("10:01:00"), DAY, "u9", "192.0.2.4", "/d", None, None, None, None, None, A_LOG),  # of no known user
        (DAY, at("10:02:00"), DAY, "u8", "192.0.2.5", "/e", "GET", 200, 7, None, "EvilBot/1.0", A_LOG),  # blocked
    ],
    "raw_users": [
        (DAY, "u1", "Ann", 20, "F"),
        (DAY, "u2", None, 35, None),
        (DAY, "u3", "Cyd", 19, None),  # young and silent, no gender
    ],
    "raw_profiles": [(DAY, "u1", ["x", "y"]), (DAY, "u2", [])],
    "raw_quarantine": [
        (DAY, "requests", "BAD_IP", "ip: 1.2.3", A_LOG, b"2026-11-01T10:00 u1 1.2.3 /"),
        (DAY, "users", "MALFORMED", "", A_JSON, b"{"),
    ],
    "ops_ledger": [
        # lines accepted late quarantined duplicates arrived_late late_by_day corrected dropped unmatched_corrections erased
        (DAY, "requests", A_LOG, 10, 5, 1, 1, 1, 0, {"2026-10-31": 1}, 1, 1, 0, 1),
        (DAY, "requests", LATE_LOG, 0, 0, 0, 0, 0, 1, {}, 1, 0, 0, 0),
        (DAY, "users", A_JSON, 4, 3, 0, 1, 0, 0, {}, 0, 0, 0, 0),
        (DAY, "profiles", A_CSV, 2, 2, 0, 0, 0, 0, {}, 0, 0, 0, 0),
        (DAY, "requests", FIXES, 0, 0, 0, 0, 0, 0, {}, 0, 0, 0, 0),
    ],
    "core_activity": [
        (DAY, at("10:00:00"), DAY, "u1", "192.0.2.1", "/a.html", "html", "GET", 200, 100, "Ann", 20, "F", ["x", "y"], True),
        (DAY, at("10:00:10"), DAY, "u2", "192.0.2.1", "/b.png", "png", None, None, 50, None, 35, None, [], True),
        (DAY, at("10:00:40"), NEXT_DAY, "u1", "192.0.2.2", "/c.html", "html", None, None, None, "Ann", 20, "F", ["x", "y"], True),
        (DAY, at("10:00:00"), DAY, None, "192.0.2.3", "/", "none", "GET", 404, 10, None, None, None, None, False),
        (DAY, at("10:01:00"), DAY, "u9", "192.0.2.4", "/d", "none", None, None, None, None, None, None, None, False),
    ],
    **MART_ROWS,
}
# The day before had as many rows as this one.
ROWS["volume"] = [(name, date(2026, 10, 31), len(ROWS[table.view])) for name, table in BY_NAME.items()]


def schema_of(spark: SparkSession, view: str) -> StructType:
    """All columns may be NULL, as those of a table of the lake may."""
    tables = {table.view: table.schema for table in BY_NAME.values()}
    schema = tables[view] if view in tables else StructType.fromDDL(OTHER_SCHEMAS[view])
    return StructType([StructField(field.name, field.dataType) for field in schema])  # type: ignore[attr-defined]


def good_world(spark: SparkSession) -> World:
    """The rows of every view, a dictionary each, that edits may change."""
    return {view: [dict(zip(schema_of(spark, view).names, row, strict=True)) for row in rows] for view, rows in ROWS.items()}


def frame_of(spark: SparkSession, world: World, view: str) -> DataFrame:
    """The view's rows as a frame; the columns stand as in the rows. Through Arrow, since the plan then holds the rows themselves."""
    schema = schema_of(spark, view)
    ordered = StructType([schema[name] for name in world[view][0]])
    return spark.createDataFrame(pa.Table.from_pylist(world[view], schema=to_arrow_schema(ordered)), ordered)
