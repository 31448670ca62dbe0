"""How releases are listed."""

from datetime import date

import pytest

from spark_jobs.releases.job import build_parser, listing
from spark_jobs.releases.record import Release


def release(second: int, run_id: str = "manual__1", rows: int = 1234) -> Release:
    name = f"2026-11-01-20261102T0102{second:02}Z-1f2e3d"
    tables = {"raw.requests": rows, "raw.users": 1}
    return Release(date(2026, 11, 1), name, run_id, f"2026-11-02 01:02:{second:02}", dict.fromkeys(tables, 7), tables)


def test_columns_are_aligned_and_the_newest_stands_last() -> None:
    old, new = release(3), release(4, run_id="scheduled__1", rows=8)
    assert listing([old, new], 2, {old.release_id}, None) == [
        "day         release                             released at (UTC)    run            rows  snapshots",
        "2026-11-01  2026-11-01-20261102T010203Z-1f2e3d  2026-11-02 01:02:03  manual__1     1,235  expired",
        "2026-11-01  2026-11-01-20261102T010204Z-1f2e3d  2026-11-02 01:02:04  scheduled__1      9  kept",
    ]


def test_what_is_left_out_is_said() -> None:
    assert listing([release(3)], 1235, set(), None)[0] == "(1,234 older releases are not shown)"


def test_none_at_all() -> None:
    assert listing([], 0, set(), None) == ["no release is on record: run a day first"]
    assert listing([], 0, set(), date(2026, 11, 1)) == ["2026-11-01 has no release on record: run it first"]


def test_arguments() -> None:
    assert build_parser().parse_args([]).day is None
    for wrong in (["--day", "2026-11-1"], ["--day"], ["--surprise", "1"], ["--release", "newest"]):
        with pytest.raises(SystemExit) as stop:
            build_parser().parse_args(wrong)
        assert stop.value.code == 64
