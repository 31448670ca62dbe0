"""raw.requests of a day: the accepted lines of its landing and the late lines of the landings after it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.oracle import files
from tests.oracle.corrections import Corrections, read_corrections
from tests.oracle.counts import Ledger
from tests.oracle.erased import refuse
from tests.oracle.reasons import Reason, Refused
from tests.oracle.request_line import Request, parse_request
from tests.oracle.settings import OracleSettings
from tests.oracle.text import decode
from tests.oracle.timestamps import MICROSECONDS_PER_DAY, date_of, epoch_day

SCHEMA = pa.schema(
    [
        ("event_day", pa.date32()),
        ("event_ts", pa.timestamp("us")),
        ("landing_day", pa.date32()),
        ("user_id", pa.string()),
        ("ip", pa.string()),
        ("action", pa.string()),
        ("method", pa.string()),
        ("status", pa.int32()),
        ("bytes", pa.int64()),
        ("referer", pa.string()),
        ("user_agent", pa.string()),
        ("source_file", pa.string()),
    ]
)
ROWS_PER_BATCH = 100_000
Row = tuple[Request, date, str]  # a request, its landing day, its source_file


def read_requests(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> pa.Table:
    """The rows of raw.requests(day) in SCHEMA; the ledger gets every file read and every line refused.

    event_ts is UTC without a zone, so that DuckDB needs no time zone database. Rows repeat where lines do.
    Order: landing day, file name, line.
    """
    batches: list[pa.RecordBatch] = []
    rows: list[Row] = []
    for row in _rows(landing, day, settings, ledger):
        rows.append(row)
        if len(rows) == ROWS_PER_BATCH:
            batches.append(_batch(day, rows))
            rows = []
    return pa.Table.from_batches([*batches, _batch(day, rows)], SCHEMA)


def _rows(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> Iterator[Row]:
    yield from _accepted(landing, day, settings, ledger)
    for days_later in range(1, settings.late_days + 1):
        later = day + timedelta(days=days_later)
        if files.is_complete(landing, "requests", later):
            yield from _arrived_late(landing, day, later, settings, ledger)


def _accepted(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> Iterator[Row]:
    duplicates = files.duplicate_files(landing, "requests", day, settings.late_days)
    corrections = read_corrections(landing, "requests", day)
    for path in files.list_files(landing, "requests", day):
        source_file = files.source_file(landing, path)
        counts = ledger.open_file(source_file)
        for line in files.read_lines(path):
            counts.lines += 1
            if path in duplicates:
                counts.duplicates += 1
                continue
            try:
                judged = _parse(line, day, settings, corrections)
            except Refused as refused:
                refuse(ledger, source_file, refused.reason, line, corrections.of(line), settings)
                continue
            if judged is None:
                counts.dropped += 1
                continue
            request, event_day, is_corrected = judged
            if request.user_id in settings.erased:
                counts.erased += 1
                continue
            counts.corrected += is_corrected
            if event_day == day:
                counts.accepted += 1
                yield request, day, source_file
            else:
                counts.late_by_day[event_day] += 1
    ledger.open_corrections(corrections)


def _arrived_late(landing: Path, day: date, later: date, settings: OracleSettings, ledger: Ledger) -> Iterator[Row]:
    duplicates = files.duplicate_files(landing, "requests", later, settings.late_days)
    corrections = read_corrections(landing, "requests", later)
    for path in files.list_files(landing, "requests", later):
        if path in duplicates:
            continue
        source_file = files.source_file(landing, path)
        counts = ledger.open_file(source_file)
        for line in files.read_lines(path):
            try:
                judged = _parse(line, later, settings, corrections)
            except Refused:
                continue  # the run of its own landing day quarantines it
            if judged is not None and judged[1] == day and judged[0].user_id not in settings.erased:
                counts.arrived_late += 1
                counts.corrected += judged[2]
                yield judged[0], later, source_file


def _parse(line: bytes, landing_day: date, settings: OracleSettings, corrections: Corrections) -> tuple[Request, date, bool] | None:
    """A request, its day, and whether it is a correction's; None for a line that a correction drops.

    Refused: the line is bad, and so is its replacement, if it has one; the reason is the replacement's.
    """
    try:
        return *_parse_one(line, landing_day, settings), False
    except Refused:
        if not corrections.has(line):
            raise
    replacement = corrections.take(line)
    return None if replacement is None else (*_parse_one(replacement, landing_day, settings), True)


def _parse_one(line: bytes, landing_day: date, settings: OracleSettings) -> tuple[Request, date]:
    request = parse_request(decode(line, settings.max_line_bytes))
    event_day_number = request.event_us // MICROSECONDS_PER_DAY
    last = epoch_day(landing_day)
    if not last - settings.late_days <= event_day_number <= last:
        raise Refused(Reason.OUT_OF_WINDOW)
    return request, date_of(event_day_number)


def _batch(day: date, rows: list[Row]) -> pa.RecordBatch:
    requests = [request for request, _, _ in rows]
    columns: dict[str, list[Any]] = {
        "event_day": [day] * len(rows),
        "event_ts": [request.event_us for request in requests],
        "landing_day": [landing_day for _, landing_day, _ in rows],
        "source_file": [source_file for _, _, source_file in rows],
    }
    for index, name in enumerate(Request._fields):
        columns[name] = [request[index] for request in requests]
    return pa.record_batch([pa.array(columns[field.name], field.type) for field in SCHEMA], schema=SCHEMA)
