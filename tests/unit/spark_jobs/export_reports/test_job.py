from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spark_jobs.export_reports.job import build_parser, release_id
from spark_jobs.export_reports.places import LocalReports

DAY = date(2026, 11, 1)
ARGUMENTS = [
    *["--day", "2026-11-01", "--run-id", "manual__1", "--reports-uri", "file:///var/reports"],
    *["--work-uri", "file:///var/work", "--branches", "r_ingest_1,r_enrich_1"],
    *["--max-report-rows", "200000", "--max-users-per-ip", "50", "--late-days", "2", "--run-command", "make run DAY=<day>"],
]


def test_release_ids_sort_by_day_and_time_and_never_repeat() -> None:
    now = datetime(2026, 11, 2, 9, 59, 59, tzinfo=UTC)
    ids = [release_id(DAY, now), release_id(DAY, now + timedelta(seconds=1)), release_id(DAY + timedelta(days=9), now)]
    assert ids == sorted(ids)
    assert ids[0].startswith("2026-11-01-20261102T095959Z-")
    assert len({release_id(DAY, now) for _ in range(100)}) == 100


def test_every_argument_is_required() -> None:
    for flag in ARGUMENTS[::2]:
        at = ARGUMENTS.index(flag)
        with pytest.raises(SystemExit) as stop:
            build_parser().parse_args(ARGUMENTS[:at] + ARGUMENTS[at + 2 :])
        assert stop.value.code == 64


def test_arguments() -> None:
    args = build_parser().parse_args(ARGUMENTS)
    assert args.branches == ["r_ingest_1", "r_enrich_1"]
    assert (args.day, args.reports_uri, args.max_report_rows) == (DAY, LocalReports(Path("/var/reports")), 200_000)
