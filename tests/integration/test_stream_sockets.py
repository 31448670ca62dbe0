"""The stream over a socket: all of what it sends is counted until it closes, in text or base64."""

import base64
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.streaming import DataStreamWriter

from include.settings import Settings
from spark_jobs.lake.errors import InputMissing, WrongUsage
from spark_jobs.stream_requests import job, schema
from spark_jobs.stream_requests.intake import Intake
from spark_jobs.stream_requests.once import Batch, ensure_live_table
from spark_jobs.stream_requests.sources import Landing, Socket, require_cores
from tests.live import DAY, LIMITS, Live, line, lines
from tests.waiting import wait_for
from tools.local_buckets import free_port
from tools.replay import Replay


@contextmanager
def sending(*parts: bytes, reset: bool = False) -> Iterator[str]:
    """A server that sends the parts, half a second apart, to the first that connects, then closes; its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        for part in parts:
            try:
                connection.sendall(part)
            except ConnectionError:
                return  # the reader has ended
            time.sleep(0.5)
        if reset:  # as when its machine is cut off
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    thread.join(30)
    server.close()


def test_a_batch_begins_every_second_unless_told_otherwise(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().stream_trigger_seconds == LIMITS["trigger_seconds"] == 1
    asked, real = [], DataStreamWriter.trigger

    def spy(writer: DataStreamWriter, **trigger: Any) -> DataStreamWriter:
        asked.append(trigger)
        return real(writer, **trigger)

    monkeypatch.setattr(DataStreamWriter, "trigger", spy)
    with sending(joined(lines("ab"))) as address:
        live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY)
    assert asked == [{"processingTime": "1 seconds"}] * 3


def joined(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


@pytest.mark.parametrize("reset", [False, pytest.param(True, marks=[pytest.mark.slow])], ids=["closed", "reset"])
def test_all_of_a_socket_that_ends_is_counted_and_totals_go_on_at_the_next(
    live: Live, reset: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    with sending(joined(lines("aab")), joined(["bad"]) + joined(lines("-c"))) as address:
        live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY)
    with sending(joined(lines("ad")), b"cut off", reset=reset) as address:
        live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY)
    assert {user: requests for (_, user), requests in live.totals().items()} == {"a": 3, "b": 1, "c": 1, "d": 1}
    assert capfd.readouterr().out.count("the source has ended") == 2
    assert list((live.home / "work/stream").glob("intake-*")) == []


HOSTILE = b"\n".join(
    [
        b"\xef\xbb\xbf2015-05-17T10:00:00Z bom 10.0.0.1 /p",
        b"2015-05-17T10:00:01Z crlf 10.0.0.1 /p\r",
        b"2015-05-17T10:00:02Z latin 10.0.0.1 /caf\xe9",
        b"2015-05-17T10:00:03Z cr 10.0.0.1 /a\rb",
        b"2015-05-17T10:00:04Z nul 10.0.0.1 /\x00",
        "2015-05-17T10:00:05Z replaced 10.0.0.1 /\ufffd".encode(),
        b"",
        "2015-05-17T10:00:06Z snowman 10.0.0.1 /\u2603\U0001f600".encode(),
        b"2015-05-17T10:00:07Z long 10.0.0.1 /" + b"x" * 300,
        b"2015-05-17T10:00:08Z end 10.0.0.1 /p",
    ]
)


def kept(live: Live) -> tuple[Counter[tuple[str, bytes]], list[tuple[str, str]]]:
    """Quarantined lines with their reasons, and the accepted requests' users and actions."""
    quarantined = Counter((row.reason, bytes(row.line)) for row in live.rows(schema.QUARANTINE))
    return quarantined, sorted((row.user_id, row.action) for row in live.rows(schema.REQUESTS))


def test_a_replay_counts_what_the_landing_folder_counts(spark: SparkSession, tmp_path: Path) -> None:
    landed = Live(spark, tmp_path / "landed")
    path = landed.landing.requests(DAY, "a.log", HOSTILE)
    landed.stream(max_line_bytes=300)
    expected = kept(landed)
    assert Counter(reason for reason, _ in expected[0]) == {"INVALID_UTF8": 1, "CONTROL_CHARACTER": 2, "MALFORMED": 1, "TOO_LONG": 1}
    assert [user for user, _ in expected[1]] == ["bom", "crlf", "end", "replaced", "snowman"]
    replayed = Live(spark, tmp_path / "replayed")
    replay = Replay([path], DAY, speed=100_000)
    given = {"socket": replay.address, "socket_lines": "base64", "arrival_day": DAY, "max_line_bytes": 300}
    replayed.stream(source="socket", mode="continuous", **given)
    assert kept(replayed) == expected and replay.sent == 10


def test_a_line_of_text_that_is_no_utf8_is_quarantined(live: Live) -> None:
    with sending(HOSTILE.replace(b"\xef\xbb\xbf", b"").replace(b"a\rb", b"ab")) as address:
        live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY, max_line_bytes=300)
    quarantined, accepted = kept(live)
    reasons = {(row.reason, bytes(row.line)[21:26].split(b" ")[0]) for row in live.rows(schema.QUARANTINE)}
    assert {("INVALID_UTF8", b"latin"), ("INVALID_UTF8", b"repla")} < reasons and quarantined.total() == 5
    assert ("snowman", "/\u2603\U0001f600") in accepted and len(accepted) == 5


def test_a_line_that_is_no_base64_is_quarantined_and_the_others_are_counted(live: Live) -> None:
    """Also one that would be a request: a line in clear is no line of this socket."""
    clear, *others = [line.encode() for line in lines("abc")]
    sent = [base64.b64encode(others[0]), clear, b"YQ=", b"", b"!", base64.b64encode(others[1])]
    with sending(b"".join(line + b"\n" for line in sent)) as address:
        live.stream(source="socket", mode="continuous", socket=address, socket_lines="base64", arrival_day=DAY)
    quarantined, accepted = kept(live)
    bad = [("INVALID_UTF8", b"\xff" + line) for line in (clear, b"YQ=", b"!")]
    assert quarantined == Counter([*bad, ("MALFORMED", b"")])
    assert accepted == [("b", "/p"), ("c", "/p")]


def test_nobody_at_the_socket_is_told(live: Live) -> None:
    with pytest.raises(InputMissing, match="nobody listens at the socket's address"):
        live.stream(source="socket", mode="continuous", socket=f"127.0.0.1:{free_port()}", socket_lines="text")


def test_a_socket_needs_a_second_core(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongUsage, match=r"gives it one core.*local\[2\] or more"):
        require_cores(Socket("127.0.0.1", 1, "text", None), 1)
    require_cores(Landing("file:///x"), 1)
    monkeypatch.setattr(job, "cores", lambda spark: 1)
    with pytest.raises(WrongUsage, match="gives it one core"):
        live.stream(source="socket", mode="continuous", socket="127.0.0.1:1", socket_lines="text")


def test_the_cores_are_those_that_the_master_gives(spark: SparkSession) -> None:
    assert job.cores(spark) == 2
    of_a_cluster: Any = SimpleNamespace(conf={"spark.cores.max": "1"}, sparkContext=SimpleNamespace(defaultParallelism=2))
    assert job.cores(of_a_cluster) == 1


def test_a_socket_whose_batch_failed_is_not_asked_again_and_the_rest_is_counted(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second connection would get other lines than the batch had."""
    real, lines_of_batches = Intake.write, list[int]()

    def fail_at_the_second(intake: Intake, frame: Any, batch: Batch) -> None:
        if not frame.isEmpty():
            lines_of_batches.append(frame.count())
        if len(lines_of_batches) == 2:
            raise RuntimeError("no room")
        real(intake, frame, batch)

    monkeypatch.setattr(Intake, "write", fail_at_the_second)
    with sending(joined(lines("aab")), *[joined(lines("c")) for _ in range(20)]) as address:
        with pytest.raises(Exception, match="no room"):
            live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY)
        assert sum(live.totals().values()) == len(live.rows(schema.REQUESTS)) == lines_of_batches[0] > 0


def test_a_signal_hangs_up_and_all_that_was_received_is_counted(live: Live) -> None:
    """The server sends faster than a batch takes, so that some lines wait for the next batch when the signal comes."""
    server, sent = socket.create_server(("127.0.0.1", 0)), list[int]()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, suppress(ConnectionError):
            for number in count():
                connection.sendall(joined([line(number, f"u{number}")]))
                sent.append(number)
                time.sleep(0.01)

    def end() -> None:
        try:
            wait_for(has_begun)
        finally:  # else the stream would go on and on; where it has failed, nobody listens any more
            if signal.getsignal(signal.SIGTERM) is not before:
                os.kill(os.getpid(), signal.SIGTERM)

    def has_begun() -> bool:
        sent_at_looks.append(len(sent))
        return live.rows(schema.LEDGER) != []

    before, sent_at_looks = signal.getsignal(signal.SIGTERM), list[int]()
    ensure_live_table(live.spark, schema.LEDGER)
    for step in (serve, end):
        threading.Thread(target=step, daemon=True).start()
    address = f"127.0.0.1:{server.getsockname()[1]}"
    live.stream(source="socket", mode="continuous", socket=address, socket_lines="text", arrival_day=DAY)
    counted = len(live.totals())
    assert live.totals() == {(DAY, f"u{number}"): 1 for number in range(counted)}
    assert sum(row.accepted for row in live.rows(schema.LEDGER)) == len(live.rows(schema.REQUESTS)) == counted
    assert len(live.rows(schema.LEDGER)) >= 2
    assert sent_at_looks[-2] <= counted <= len(sent) + 1
    server.close()
