"""How the differences of two releases are told."""

from datetime import date

import pytest

from spark_jobs.lake.difference import Difference
from spark_jobs.release_diff.job import build_parser, told
from spark_jobs.releases.record import Release

NAMES = [f"2026-11-01-20261102T01020{second}Z-1f2e3d" for second in (3, 4)]
TABLES = ("raw.requests", "mart.top_users_by_window")


def release(name: str, *rows: int) -> Release:
    return Release(date(2026, 11, 1), name, "r", "2026-11-02 01:02:03", {}, dict(zip(TABLES, rows, strict=True)))


def test_a_table_a_line_and_an_example_of_each_kind() -> None:
    differences = {
        TABLES[0]: Difference(1500, 0),
        TABLES[1]: Difference(0, 1, 2, {"removed": ("\u202e10:00\x1b", 5), "changed": ("10:05", 1)}),
    }
    assert told(release(NAMES[0], 500, 3), release(NAMES[1], 2000, 2), differences) == [
        f"2026-11-01: from {NAMES[0]} to {NAMES[1]}",
        "table                     rows before   rows after        added      removed      changed",
        "raw.requests                      500        2,000        1,500            0            -",
        "mart.top_users_by_window            3            2            0            1            2",
        "  changed, e.g. window_start 10:05, rank 1",
        r"  removed, e.g. window_start \u202e10:00\x1b, rank 5",
    ]


def test_arguments() -> None:
    words = ["--day", "2026-11-01", "--from", NAMES[0], "--to", NAMES[1]]
    args = build_parser().parse_args(words)
    assert (args.day, args.before, args.after) == (date(2026, 11, 1), *NAMES)
    for at in range(0, len(words), 2):
        for wrong in (words[:at] + words[at + 2 :], [*words[: at + 1], "x", *words[at + 2 :]]):
            with pytest.raises(SystemExit) as stop:
                build_parser().parse_args(wrong)
            assert stop.value.code == 64
