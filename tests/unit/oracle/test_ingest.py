"""Outcomes of lines: each landing below is small enough to count by hand."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.counts import Counts
from tests.oracle.files import LandingError
from tests.oracle.profile_line import Profile
from tests.oracle.reasons import Reason
from tests.oracle.settings import OracleSettings
from tests.oracle.user_line import User

DAY = date(2026, 11, 3)


def request(days_before: int, user: str = "u1", clock: str = "10:00") -> str:
    return f"{DAY - timedelta(days=days_before)}T{clock} {user} 192.0.2.7 /"


def test_an_incomplete_day_waits(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.complete(DAY, "requests", "users")
    with pytest.raises(LandingError, match="profiles"):
        oracle.compute(tmp_path, DAY)


def test_an_empty_day(tmp_path: Path) -> None:
    Landing(tmp_path).complete(DAY)
    day = oracle.compute(tmp_path, DAY)
    assert day.counts == {"requests": Counts(), "users": Counts(), "profiles": Counts()}
    assert all(content.count(b"\n") == 1 for content in day.csv.values())  # headers
    assert len(day.csv) == 6


def test_requests_by_outcome(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    lines: list[str | bytes] = [
        request(0),
        request(0),  # equal lines are two requests
        request(0, clock="00:00"),
        request(0, clock="23:59:59.999999999"),
        f"{DAY + timedelta(days=1)}T01:00+02:00 u1 192.0.2.7 /",  # of this day in UTC
        request(1),  # late
        request(2),  # late
        request(2, clock="00:00"),  # late, the first moment
        request(3, clock="23:59:59"),  # OUT_OF_WINDOW
        request(-1, clock="00:00"),  # OUT_OF_WINDOW
        "",  # MALFORMED
        " \t ",  # MALFORMED
        b"\xff",  # INVALID_UTF8
        b"\xff\x00" + b"a" * 200,  # TOO_LONG comes first
        b"\xff\x00",  # INVALID_UTF8 before CONTROL_CHARACTER
        "\x00",  # CONTROL_CHARACTER before MALFORMED
        request(0).replace("/", "/\x7f"),  # CONTROL_CHARACTER
    ]
    landing.requests(DAY, "a.log", lines)
    landing.complete(DAY)
    day = oracle.compute(tmp_path, DAY, OracleSettings(max_line_bytes=200))
    counts = day.counts["requests"]
    assert (counts.lines, counts.accepted, counts.late, counts.quarantined, counts.duplicates) == (17, 5, 3, 9, 0)
    assert counts.late_by_day == {DAY - timedelta(days=1): 1, DAY - timedelta(days=2): 2}
    assert counts.by_reason == {
        Reason.OUT_OF_WINDOW: 2,
        Reason.MALFORMED: 2,
        Reason.INVALID_UTF8: 2,
        Reason.TOO_LONG: 1,
        Reason.CONTROL_CHARACTER: 2,
    }
    refused = Counter(row.line for row in day.quarantine)
    assert refused == Counter(line if isinstance(line, bytes) else line.encode() for line in lines[8:])
    assert {(row.dataset, row.source_file) for row in day.quarantine} == {("requests", "requests/dt=2026-11-03/a.log")}


def test_a_line_of_the_longest_length_is_read(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    line = request(0).encode()
    landing.requests(DAY, "a.log", b"\xef\xbb\xbf" + line + b"\r\n")  # neither BOM nor end count
    landing.complete(DAY)
    counts = oracle.compute(tmp_path, DAY, OracleSettings(max_line_bytes=len(line))).counts["requests"]
    assert counts.accepted == 1


def test_late_lines_arrive_with_later_landings(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    later, latest, too_late = (DAY + timedelta(days=days) for days in (1, 2, 3))
    landing.requests(DAY, "a.log", [request(0, "a")])
    landing.requests(later, "b.log", [request(0, "b"), request(-1, "c"), "bad line"])
    landing.requests(latest, "c.log", [request(0, "d"), request(-2, "e")])
    landing.requests(too_late, "d.log", [request(0, "f")])
    landing.complete(DAY)
    landing.complete(later, "requests")
    landing.complete(too_late, "requests")

    def users() -> list[str]:
        return sorted(oracle.compute(tmp_path, DAY).requests["user_id"].to_pylist())

    assert users() == ["a", "b"]  # the latest landing is not complete
    landing.complete(latest, "requests")
    assert users() == ["a", "b", "d"]
    day = oracle.compute(tmp_path, DAY)
    assert day.arrived_late == 2
    assert day.counts["requests"].lines == 1
    assert day.quarantine == []  # a later landing's bad lines are its own
    assert {name: counts.arrived_late for name, counts in day.ledger.items()} == {
        "requests/dt=2026-11-03/a.log": 0,
        "requests/dt=2026-11-04/b.log": 1,
        "requests/dt=2026-11-05/c.log": 1,
    }


def test_files_delivered_again(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    before, later = DAY - timedelta(days=1), DAY + timedelta(days=1)
    landing.requests(before, "a.log", [request(0, "before"), "bad"])
    landing.complete(before, "requests")
    landing.requests(DAY, "again.log", [request(0, "before"), "bad"])  # landed the day before: 2 duplicates
    landing.requests(DAY, "x.log", [request(0, "x")])
    landing.requests(DAY, "y.log", [request(0, "x")])  # the bytes of x.log: 1 duplicate
    landing.requests(DAY, "z.log", b"\n".join([request(0, "x").encode()]))  # other bytes, as the last \n is missing
    landing.complete(DAY)
    landing.requests(later, "again.log", [request(0, "x")])  # x.log once more
    landing.complete(later, "requests")
    day = oracle.compute(tmp_path, DAY)
    counts = day.counts["requests"]
    assert (counts.lines, counts.accepted, counts.duplicates, counts.quarantined) == (5, 2, 3, 0)
    assert day.arrived_late == 0
    assert day.ledger["requests/dt=2026-11-03/y.log"] == Counts(lines=1, duplicates=1)


def test_a_file_of_an_incomplete_day_before_is_no_duplicate(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.requests(DAY - timedelta(days=1), "a.log", [request(0)])
    landing.requests(DAY, "a.log", [request(0)])
    landing.complete(DAY)
    assert oracle.compute(tmp_path, DAY).counts["requests"].accepted == 1


def test_users_and_profiles_by_key(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.users(DAY - timedelta(days=1), "a.json", [{"user_id": "a"}])  # the same snapshot may come every day
    landing.complete(DAY - timedelta(days=1))
    landing.users(DAY, "a.json", [{"user_id": "a"}])
    landing.users(DAY, "b.json", [{"user_id": "a", "name": ""}, {"user_id": "b", "age": 1}, {"user_id": "b", "age": 1}])
    landing.users(DAY, "c.json", [{"user_id": "b", "age": 2}, {"user_id": "c", "age": "x"}, {"user_id": "c"}])
    landing.profiles(DAY, "a.csv", ['b,"x"', "b,x", "a,1", "a,1,", "c"])
    landing.profiles(DAY, "b.csv", ['b,"x"', "b,x", "a,1", "a,1,", "c"])  # a file delivered again
    landing.complete(DAY)
    day = oracle.compute(tmp_path, DAY)
    assert day.users == [User("a", None, None, None), User("c", None, None, None)]
    assert day.counts["users"] == Counts(
        lines=7, accepted=2, duplicates=1, by_reason=Counter({Reason.CONFLICTING_KEY: 3, Reason.BAD_VALUE: 1})
    )
    assert day.profiles == [Profile("b", ("x",)), Profile("c", ())]
    assert day.counts["profiles"] == Counts(lines=10, accepted=2, duplicates=6, by_reason=Counter({Reason.CONFLICTING_KEY: 2}))
