import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark_jobs.export_reports.places import LocalReports
from spark_jobs.export_reports.report import Report
from spark_jobs.export_reports.summary import day_before, summary_bytes
from spark_jobs.lake.errors import DataFailed
from tests.unit.spark_jobs.export_reports.made_up import empty_report, gates, small_report, with_measures

NO_LINES = {"lines": 0, "accepted": 0, "late": 0, "quarantined": 0, "duplicates": 0, "dropped": 0, "corrected": 0, "erased": 0}


def summary(report: Report) -> dict[str, Any]:
    return json.loads(summary_bytes(report))


def test_every_number_of_a_small_day() -> None:
    document = summary(small_report())
    tables = document.pop("tables")
    assert document == {
        "day": "2026-11-01",
        "run_id": "manual__1",
        "release": "2026-11-01-20261102T000000Z-abcdef",
        "requests": 9,
        "named_users": 3,
        "distinct_ips": 2,
        "bytes": 5010,
        "clusters": 3,
        "unmatched_users": 1,
        "blocked_rows": 3,  # 12 rows of raw.requests, 9 of core.activity
        "hub_ips": 1,
        "quarantined_lines": 5,
        "datasets": {
            "users": {**NO_LINES, "lines": 6, "accepted": 3, "quarantined": 3},
            "requests": {
                "lines": 21,
                "accepted": 11,
                "late": 2,
                "quarantined": 2,
                "duplicates": 1,
                "dropped": 4,
                "corrected": 3,
                "erased": 1,
            },
            "profiles": NO_LINES,  # no file of it in the ledger
        },
        "arrived_late": 1,
        "unmatched_corrections": 2,
        "late_by_day": {"2026-10-31": 2},
        "gates": {
            "enrich": {"checks": 1, "passed": 1, "warnings": 0, "critical": 0},
            "ingest": {"checks": 2, "passed": 1, "warnings": 1, "critical": 0},
        },
    }
    assert tables["core.activity"] == {"snapshot_id": 12, "rows": 9}
    assert tables["raw.users"] == {"snapshot_id": 7_000_000_000_000_000_001, "rows": 0}
    assert len(tables) == 12


def test_empty_day() -> None:
    document = summary(empty_report())
    assert (document["requests"], document["bytes"], document["clusters"], document["gates"]) == (0, 0, 0, {})
    assert document["datasets"] == {"users": NO_LINES, "requests": NO_LINES, "profiles": NO_LINES}


def test_a_failed_critical_check_is_no_warning() -> None:
    failed = gates([["ingest", "raw.users", "x", "critical", False, 1, ""]])
    document = summary(with_measures(empty_report(), gates=failed))
    assert document["gates"] == {"ingest": {"checks": 1, "passed": 0, "warnings": 0, "critical": 1}}


def test_an_address_at_the_limit_is_no_hub() -> None:
    # 192.0.2.1 has 3 named users.
    assert [replace(small_report(), max_users_per_ip=limit).figures["hub_ips"] for limit in (2, 3)] == [1, 0]


def write_summary(reports: Path, day: str, content: bytes) -> None:
    (reports / f"dt={day}").mkdir()
    (reports / f"dt={day}" / "summary.json").write_bytes(content)


def test_day_before_is_read_from_its_summary(tmp_path: Path) -> None:
    write_summary(tmp_path, "2026-10-31", summary_bytes(small_report()))
    figures = day_before(LocalReports(tmp_path), date(2026, 11, 1))
    assert (figures["requests"], figures["hub_ips"], figures["bytes"]) == (9, 1, 5010)


def test_no_day_before(tmp_path: Path) -> None:
    write_summary(tmp_path, "2026-10-30", summary_bytes(small_report()))
    assert day_before(LocalReports(tmp_path), date(2026, 11, 1)) == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"requests": null}', b"\xff"])
def test_a_broken_summary_is_named(tmp_path: Path, content: bytes) -> None:
    write_summary(tmp_path, "2026-10-31", content)
    with pytest.raises(DataFailed, match=r"dt=2026-10-31/summary.json is no summary"):
        day_before(LocalReports(tmp_path), date(2026, 11, 1))
