"""The replay sends every line of the day once, in the order and at the pace of its times."""

import base64
import gzip
import socket
import time
from datetime import date
from pathlib import Path

import pytest

from tools.replay import Replay, in_order, moment_of

DAY = date(2015, 5, 17)


def received(replay: Replay) -> list[tuple[float, bytes]]:
    """Every line with the second at which it came."""
    host, port = replay.address.split(":")
    begun, lines = time.monotonic(), []
    with socket.create_connection((host, int(port)), 10) as connection, connection.makefile("rb") as stream:
        for line in stream:
            lines.append((time.monotonic() - begun, base64.b64decode(line.rstrip(b"\n"), validate=True)))
    return lines


@pytest.mark.parametrize(
    "line, moment",
    [
        (b"2015-05-17T10:05:03Z u1 10.0.0.1 /", "2015-05-17T10:05:03"),
        (b"2015-05-17T10:05 u1 10.0.0.1 /", "2015-05-17T10:05:00"),
        (b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1', "2015-05-17T10:05:03"),
        (b"2015-05-17T99:05:03Z u1 10.0.0.1 /", None),
        (b"[17/Xyz/2015:10:05:03 +0000]", None),
        (b"\xff\x00", None),
    ],
)
def test_a_lines_own_clock_is_read(line: bytes, moment: str | None) -> None:
    found = moment_of(line)
    assert (None if found is None else time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(found))) == moment


def test_bytes_are_sent_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\xef\xbb\xbf\xff\x00 a\rb\r\n\n\xef\xbb\xbfc")
    replay = Replay([path], DAY, speed=100_000)
    assert [line for _, line in received(replay)] == [b"\xff\x00 a\rb\r", b"", b"\xef\xbb\xbfc"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "UTC"])
def test_the_hour_that_summer_time_skips_is_an_hour(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        first, second = moment_of(b"2015-03-29T01:30:00Z"), moment_of(b"2015-03-29T03:30:00Z")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert first is not None and second is not None and second - first == 7200


def test_a_line_of_another_day_goes_with_the_line_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    lines = [b"1990-01-01T00:00:00Z a", b"2015-05-17T10:00:00Z b", b"9999-12-31T23:59:59Z c", b"2015-05-17T10:00:01Z d"]
    path.write_bytes(b"\n".join(lines))
    replay = Replay([path], DAY, speed=100_000)
    assert [line for _, line in received(replay)] == lines


def test_a_file_that_ends_early_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"2015-05-17T10:00:00Z u\n" * 1000)[:-20])
    replay = Replay([path], DAY, speed=1000)
    received(replay)
    assert isinstance(replay.error, EOFError)


def test_files_are_merged_by_time_and_a_line_without_one_follows_the_line_before_it(tmp_path: Path) -> None:
    first, second = tmp_path / "a.log", tmp_path / "b.log.gz"
    first.write_bytes(b"2015-05-17T10:00:00Z a\nbad\n2015-05-17T10:00:09Z c")
    second.write_bytes(gzip.compress(b"2015-05-17T10:00:05Z b\n"))
    assert [line for _, line in in_order([first, second], DAY)] == [
        b"2015-05-17T10:00:00Z a",
        b"bad",
        b"2015-05-17T10:00:05Z b",
        b"2015-05-17T10:00:09Z c",
    ]


def test_a_clock_that_is_ahead_holds_no_line_back(tmp_path: Path) -> None:
    ahead, other = tmp_path / "a.log", tmp_path / "b.log"
    times = ["10:00:00", "12:00:00", "23:59:59", "10:00:01", "10:00:03", "10:00:07"]
    ahead.write_text("".join(f"2015-05-17T{each}Z a\n" for each in times))
    other.write_text("2015-05-17T10:00:02Z b\n2015-05-17T10:00:05Z b\n")
    sent = [(time.strftime("%T", time.gmtime(moment)), line[11:19].decode()) for moment, line in in_order([ahead, other], DAY)]
    assert sent == [
        ("10:00:00", "10:00:00"),
        ("10:00:00", "12:00:00"),
        ("10:00:00", "23:59:59"),
        *[(each, each) for each in ("10:00:01", "10:00:02", "10:00:03", "10:00:05", "10:00:07")],
    ]


def test_lines_without_a_time_before_the_first_go_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"bad\n1990-01-01T00:00:00Z a\n2015-05-17T10:00:00Z b\n")
    assert {moment for moment, _ in in_order([path], DAY)} == {moment_of(b"2015-05-17T10:00:00Z")}


def test_all_lines_come_at_the_chosen_pace_and_then_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(b"2015-05-17T10:00:%02dZ u\n" % second for second in range(0, 60, 10)))
    replay = Replay([path], DAY, speed=100)
    lines = received(replay)
    assert [line for _, line in lines] == path.read_bytes().splitlines()
    assert replay.sent == 6
    assert 0.45 <= lines[-1][0] < 50  # what it would take at the pace of the day


def test_it_stops_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"2015-05-17T10:00:00Z u\n2015-05-17T23:00:00Z u\n")
    replay = Replay([path], DAY, speed=1)
    host, port = replay.address.split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.settimeout(10)
        assert base64.b64decode(connection.recv(100)) == b"2015-05-17T10:00:00Z u"
        replay.stop()
        assert connection.recv(100) == b""
