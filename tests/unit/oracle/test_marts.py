"""A day small enough to work out every report file by hand."""

from datetime import date
from pathlib import Path

import pytest

from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.settings import OracleSettings

DAY = date(2026, 11, 1)
TIME = "[01/Nov/2026:10:00:10 +0000]"


@pytest.fixture
def day(tmp_path: Path) -> oracle.OracleDay:
    landing = Landing(tmp_path)
    landing.requests(
        DAY,
        "a.log",
        [
            "2026-11-01T10:00:00Z a 192.0.2.1 /x.html",
            "2026-11-01T10:00:29.5Z b 192.0.2.1 /y",
            f'192.0.2.2 - a {TIME} "GET /z.PNG?q HTTP/1.1" 200 100 "-" "Agent"',
            f'192.0.2.2 - - {TIME} "GET /z.png HTTP/1.1" 200 7',  # anonymous: counted, never joined
            f'192.0.2.3 - stranger {TIME} "-" 408 -',  # not in users
            f'192.0.2.4 - a {TIME} "GET / HTTP/1.1" 200 5 "-" "my BadBot 1"',  # blocked by its agent
            "2026-11-01T10:00:00Z badguy 192.0.2.4 /",  # blocked by its user_id
            "2026-11-01T10:00:00Z a 192.0.2.4 /secret/x",  # blocked by its action
        ],
    )
    landing.users(
        DAY,
        "a.json",
        [
            {"user_id": "a", "name": "=A", "age": 20, "gender": "f"},
            {"user_id": "b", "age": 21},  # not young
            {"user_id": "silent", "age": 0},  # young without a gender, no request
        ],
    )
    landing.profiles(DAY, "a.csv", ["a,one,two", "b"])
    landing.blocklist(["BadBot", "badguy", "/secret/"])
    landing.complete(DAY)
    return oracle.compute(tmp_path, DAY)


def test_activity(day: oracle.OracleDay) -> None:
    assert day.blocked_rows == 3
    assert day.unmatched_users == ["stranger"]
    rows = {
        (row["user_id"], row["action"], row["known_user"], tuple(row["info"]) if row["info"] is not None else None)
        for row in day.activity.to_pylist()
    }
    assert rows == {
        ("a", "/x.html", True, ("one", "two")),
        ("b", "/y", True, ()),  # a profile of one column
        ("a", "/z.PNG?q", True, ("one", "two")),
        (None, "/z.png", False, None),
        ("stranger", "-", False, None),
    }


def test_user_daily(day: oracle.OracleDay) -> None:
    assert day.csv["user_daily.csv"] == (
        b"event_day,user_id,requests,distinct_ips,bytes,first_ts,last_ts,name,age,gender\n"
        b"2026-11-01,a,2,2,100,2026-11-01T10:00:00Z,2026-11-01T10:00:10Z,'=A,20,f\n"
        b"2026-11-01,b,1,1,0,2026-11-01T10:00:29.500000Z,2026-11-01T10:00:29.500000Z,,21,\n"
        b"2026-11-01,stranger,1,1,0,2026-11-01T10:00:10Z,2026-11-01T10:00:10Z,,,\n"
    )


def test_young_by_gender(day: oracle.OracleDay) -> None:
    assert day.csv["young_by_gender.csv"] == (
        b"event_day,gender,users,active_users,requests\n2026-11-01,f,1,1,2\n2026-11-01,unknown,1,0,0\n"
    )


def test_ip_users_daily(day: oracle.OracleDay) -> None:
    assert day.csv["ip_users_daily.csv"] == (
        b"event_day,ip,users,requests,user_ids\n"
        b'2026-11-01,192.0.2.1,2,2,"[""a"",""b""]"\n'
        b'2026-11-01,192.0.2.2,1,2,"[""a""]"\n'
        b'2026-11-01,192.0.2.3,1,1,"[""stranger""]"\n'
    )


def test_file_types_daily(day: oracle.OracleDay) -> None:
    assert day.csv["file_types_daily.csv"] == (
        b"event_day,file_type,requests,bytes\n2026-11-01,html,1,0\n2026-11-01,none,2,0\n2026-11-01,png,2,107\n"
    )


def test_top_users_by_window(day: oracle.OracleDay) -> None:
    rows = day.marts["top_users_by_window"]
    # All requests are in the slot from 10:00:00 to 10:00:30, so ten windows hold them all, in the same order.
    assert [(start.isoformat()[11:], end.isoformat()[11:]) for _, start, end, rank, _, _ in rows if rank == 1] == [
        ("09:55:30", "10:00:30"),
        ("09:56:00", "10:01:00"),
        ("09:56:30", "10:01:30"),
        ("09:57:00", "10:02:00"),
        ("09:57:30", "10:02:30"),
        ("09:58:00", "10:03:00"),
        ("09:58:30", "10:03:30"),
        ("09:59:00", "10:04:00"),
        ("09:59:30", "10:04:30"),
        ("10:00:00", "10:05:00"),
    ]
    assert [row[3:] for row in rows] == [(1, "a", 2), (2, "b", 1), (3, "stranger", 1)] * 10


def test_identities(day: oracle.OracleDay) -> None:
    assert day.csv["identities.csv"] == (
        b"event_day,node_type,node,cluster_id,cluster_users,cluster_ips\n"
        b"2026-11-01,ip,192.0.2.1,a,2,2\n"
        b"2026-11-01,ip,192.0.2.2,a,2,2\n"
        b"2026-11-01,ip,192.0.2.3,stranger,1,1\n"
        b"2026-11-01,user,a,a,2,2\n"
        b"2026-11-01,user,b,a,2,2\n"
        b"2026-11-01,user,stranger,stranger,1,1\n"
    )


def test_hubs_and_long_lists(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.requests(DAY, "a.log", [f"2026-11-01T00:00:00Z u{n:03} 192.0.2.1 /" for n in range(101)])
    landing.requests(DAY, "b.log", [f"2026-11-01T00:00:00Z u{n:03} 192.0.2.2 /" for n in range(50)])
    landing.complete(DAY)
    day = oracle.compute(tmp_path, DAY)
    assert day.hub_ips == ["192.0.2.1"]  # 50 users are not yet too many
    assert [len(row[4]) for row in day.marts["ip_users_daily"]] == [100, 50]
    assert day.marts["ip_users_daily"][0][2:4] == (101, 101)
    sizes = [row[4:] for row in day.marts["identities"]]
    assert sizes == [(50, 1)] * 51 + [(1, 0)] * 51  # the address and its users, then the users of the hub only
    # Five users a window, ties by user_id; the windows before midnight belong to the day.
    top = day.marts["top_users_by_window"]
    assert [row[4] for row in top[:5]] == ["u000", "u001", "u002", "u003", "u004"]
    assert (len(top), top[0][1].isoformat()) == (50, "2026-10-31T23:55:30")
    assert oracle.compute(tmp_path, DAY, OracleSettings(max_users_per_ip=101)).hub_ips == []


def test_only_anonymous_requests(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.requests(DAY, "a.log", ["2026-11-01T00:00:00Z - 192.0.2.1 /"])
    landing.complete(DAY)
    day = oracle.compute(tmp_path, DAY)
    assert day.csv["ip_users_daily.csv"].endswith(b"\n2026-11-01,192.0.2.1,0,1,[]\n")
    assert [name for name, rows in day.marts.items() if not rows] == [
        "user_daily", "young_by_gender", "top_users_by_window", "identities"
    ]  # fmt: skip
