"""What is told and kept of each batch of the stream: its rate, lag and state, its top users, what it changed."""

import re

import pytest

from spark_jobs.stream_requests import schema
from tests.live import DAY, Live, line

BATCH = re.compile(
    r"^..:..:..Z  (?P<query>\w+) +batch (?P<batch>\d+) +(?P<rows>[\d,]+) rows +(?P<rate>[\d,]+) rows/s   lag +(?P<lag>[\d.]+) s"
    r"(?:   state (?P<state>[\d,]+) rows, (?P<mib>[\d.]+) MiB)?$",
    re.MULTILINE,
)


def test_each_batch_is_told_with_its_rate_its_lag_and_the_size_of_its_state(live: Live, capfd: pytest.CaptureFixture[str]) -> None:
    lines = [line(n * 60, f"u{n % 13}") for n in range(900)]
    live.landing.requests(DAY, "a.log", lines)
    live.stream()
    told = {found["query"]: found.groupdict() for found in BATCH.finditer(capfd.readouterr().out)}
    windows = {second - n * 30 for second in range(0, 900 * 60, 60) for n in range(10)}
    assert {query: (one["rows"], one["state"]) for query, one in told.items()} == {
        "intake": ("900", None),
        "totals": ("900", "13"),
        "windows": ("900", f"{len(windows):,}"),
    }
    for one in told.values():
        lag_seconds, rate = float(one["lag"]), int(one["rate"].replace(",", ""))
        assert 900 / (lag_seconds + 0.1) - 1 <= rate <= 900 / (lag_seconds - 0.1) + 1, one
    assert all(0 < float(told[query]["mib"]) < 500 for query in ("totals", "windows"))


def test_a_batch_saves_what_it_changed_of_the_state_and_not_all_of_it(live: Live) -> None:
    live.landing.requests(DAY, "a.log", [line(n % 86400, f"user{n}") for n in range(4000)])
    live.stream()
    live.landing.requests(DAY, "b.log", [line(1, "user7")])
    live.stream()
    changes = sorted(path.stat().st_size for path in (live.home / "work/stream/totals/state/0").glob("*/*.changelog"))
    # Of each of two partitions: one of 2,000 users, the others of a user or of none.
    assert len(changes) >= 4 and max(changes[:-2]) < 1_000 < 10_000 < min(changes[-2:]), changes


def test_the_top_users_of_each_batch_are_kept_and_told(live: Live, capfd: pytest.CaptureFixture[str]) -> None:
    live.landing.requests(DAY, "a.log", [line(n, user) for n, user in enumerate("aaabbbccd-----")])
    live.stream()
    told = capfd.readouterr().out
    assert re.search(r"^..:..:..Z  top users of the batch of ..:..:..Z: a 3, b 3, c 2$", told, re.MULTILINE), told
    live.landing.requests(DAY, "b.log", [line(n, user) for n, user in enumerate("ddz")])
    live.stream()
    kept = sorted((row.batch_id, row.rank, row.user_id, row.requests) for row in live.rows(schema.TOP_USERS))
    assert kept == [(0, 1, "a", 3), (0, 2, "b", 3), (0, 3, "c", 2), (1, 1, "d", 2), (1, 2, "z", 1)]
