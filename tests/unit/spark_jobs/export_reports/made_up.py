"""Hand-made frames and reports for the tests of this stage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
from pyspark.sql.pandas.types import to_arrow_schema

from spark_jobs.aggregate.schema import (
    FILE_TYPES_DAILY,
    IP_USERS_DAILY,
    TOP_USERS_BY_WINDOW,
    USER_DAILY,
    YOUNG_BY_GENDER,
)
from spark_jobs.export_reports.report import Measures, Report, Version
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.lake.table import Table

DAY = date(2026, 11, 1)


def at(hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    """A moment of DAY, UTC."""
    return datetime(2026, 11, 1, hour, minute, second, microsecond, tzinfo=UTC)


def mart_frame(table: Table, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Rows of a table as the stage gets them from Spark: Arrow-backed columns of the table's types."""
    return arrow_frame(to_arrow_schema(table.schema), rows)


def arrow_frame(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    columns = {field.name: pa.array([row[i] for row in rows], field.type) for i, field in enumerate(schema)}
    return pa.table(columns, schema).to_pandas(types_mapper=pd.ArrowDtype)


def frame(types: Mapping[str, pa.DataType], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    return arrow_frame(pa.schema(list(types.items())), rows)


def half_hours(rows: Sequence[Sequence[int]]) -> pd.DataFrame:
    return frame({"half_hour": pa.int32(), "requests": pa.int64()}, rows)


def quarantine(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    return frame({"dataset": pa.string(), "reason": pa.string(), "lines": pa.int64()}, rows)


def samples(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    texts = dict.fromkeys(["dataset", "reason"], pa.string()) | {"nth": pa.int32()}
    texts |= dict.fromkeys(["detail", "source_file"], pa.string())
    return frame(texts | {"head": pa.binary(), "line_bytes": pa.int32()}, rows)


def datasets(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    counts = ["lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "arrived_late"]
    counts += ["unmatched_corrections", "erased"]
    return frame({"dataset": pa.string()} | dict.fromkeys(counts, pa.int64()), rows)


def late(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    return frame({"event_day": pa.date32(), "lines": pa.int64()}, rows)


def gates(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    texts = dict.fromkeys(["stage", "table_name", "expectation", "severity"], pa.string())
    return frame(texts | {"passed": pa.bool_(), "unexpected_rows": pa.int64(), "detail": pa.string()}, rows)


def empty_report() -> Report:
    """A day on which nothing landed."""
    tables = [USER_DAILY, YOUNG_BY_GENDER, IP_USERS_DAILY, FILE_TYPES_DAILY, TOP_USERS_BY_WINDOW, IDENTITIES]
    names = [table.name for table in tables]
    names += ["raw.requests", "raw.users", "raw.profiles", "raw.quarantine", "core.activity", "ops.ledger"]
    return Report(
        day=DAY,
        run_id="manual__1",
        release_id="2026-11-01-20261102T000000Z-abcdef",
        marts={table.name: mart_frame(table, []) for table in tables},
        measures=Measures(
            half_hours=half_hours([]),
            unmatched_users=frame({"users": pa.int64()}, [[0]]),
            quarantine=quarantine([]),
            samples=samples([]),
            datasets=datasets([]),
            late=late([]),
            gates=gates([]),
        ),
        versions={name: Version(snapshot_id=7_000_000_000_000_000_001, rows=0) for name in names},
        before={},
        max_users_per_ip=2,
        late_days=2,
        run_command="make run DAY=<day> MILLRACE_HOME=/data/home",
    )


def small_report() -> Report:
    """A day of 9 requests by 3 named users; every part of the page has something to show."""
    report = empty_report()
    marts = {
        USER_DAILY: [
            [DAY, "u1", 5, 2, 5000, at(0), at(23, 59), "Ann", 20, "f"],
            [DAY, "u2", 2, 1, 0, at(10), at(10, 30), None, None, None],
            [DAY, "u3", 1, 1, 10, at(12), at(12), "Bo", 30, "m"],
        ],
        YOUNG_BY_GENDER: [[DAY, "f", 2, 1, 5]],
        IP_USERS_DAILY: [
            [DAY, "192.0.2.1", 3, 6, ["u1", "u2", "u3"]],  # a hub: more than 2 named users
            [DAY, "192.0.2.2", 1, 3, ["u1"]],
        ],
        FILE_TYPES_DAILY: [[DAY, "html", 8, 5010], [DAY, "none", 1, 0]],
        TOP_USERS_BY_WINDOW: [[DAY, at(9, 55, 30), at(10, 0, 30), 1, "u2", 1]],
        IDENTITIES: [
            [DAY, "ip", "192.0.2.2", "u1", 1, 1],
            [DAY, "user", "u1", "u1", 1, 1],
            [DAY, "user", "u2", "u2", 1, 0],
            [DAY, "user", "u3", "u3", 1, 0],
        ],
    }
    return replace(
        report,
        marts={table.name: mart_frame(table, rows) for table, rows in marts.items()},
        measures=Measures(
            half_hours=half_hours([[0, 4], [20, 3], [47, 2]]),
            unmatched_users=frame({"users": pa.int64()}, [[1]]),
            quarantine=quarantine([["requests", "MALFORMED", 2], ["users", "BAD_VALUE", 3]]),
            samples=samples(
                [
                    ["users", "BAD_VALUE", 1, "age is 151", "users/a.json", b'{"user_id":"u9","age":151}', 26],
                    ["requests", "MALFORMED", 2, "3 tokens", "requests/dt=2026-11-01/b.log", b"a b c", 5],
                    ["requests", "MALFORMED", 1, "blank", "requests/dt=2026-11-01/a.log", b"", 0],
                ]
            ),
            datasets=datasets([["users", 6, 3, 0, 3, 0, 0, 0, 0, 0, 0], ["requests", 21, 11, 2, 2, 1, 4, 3, 1, 2, 1]]),
            late=late([[date(2026, 10, 31), 2]]),
            gates=gates(
                [
                    ["ingest", "raw.requests", "no line is lost", "critical", True, None, None],
                    ["ingest", "raw.users", "few users without a name", "warning", False, 1200, "1200 of 2000"],
                    ["enrich", "core.activity", "the user is known or NULL", "critical", True, None, None],
                ]
            ),
        ),
        versions={
            **report.versions,
            "raw.requests": Version(11, 12),
            "core.activity": Version(12, 9),
            "raw.quarantine": Version(13, 5),
            "mart.user_daily": Version(14, 3),
        },
    )


def with_measures(report: Report, **measures: pd.DataFrame) -> Report:
    return replace(report, measures=replace(report.measures, **measures))


def with_mart(report: Report, table: Table, rows: Sequence[Sequence[Any]]) -> Report:
    return replace(report, marts={**report.marts, table.name: mart_frame(table, rows)})
