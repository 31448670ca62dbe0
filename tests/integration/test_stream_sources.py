"""The stream's sources that are no folder, and how it ends: a socket that closes, a topic, a signal, an error that stays."""

import os
import signal
import threading
from collections import Counter
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import InputMissing, WrongUsage
from spark_jobs.stream_requests import schema, totals
from spark_jobs.stream_requests.once import Batch
from tests.kafka.broker import Broker
from tests.live import DAY, Live, lines
from tests.waiting import wait_for


def test_a_topic_is_read_once_from_its_beginning(live: Live, spark: SparkSession, kafka: Broker) -> None:
    kafka.create_topic(spark, "requests", partitions=2)
    given = {"source": "kafka", "kafka_servers": kafka.servers, "kafka_topic": "requests", "arrival_day": DAY}
    kafka.produce(spark, "requests", [line.encode() for line in lines("aaab")], partition=0)
    kafka.produce(spark, "requests", [line.encode() + b"\r" for line in lines("bc")] + [b"\xff"], partition=1)
    live.stream(**given)
    kafka.produce(spark, "requests", [line.encode() for line in lines("ad")], partition=1)
    for _ in range(2):
        live.stream(**given)
        assert {user: requests for (_, user), requests in live.totals().items()} == {"a": 4, "b": 2, "c": 1, "d": 1}
    assert [(row.reason, row.source_file) for row in live.rows(schema.QUARANTINE)] == [("INVALID_UTF8", "kafka:requests/1")]
    lost = live.home / "work/stream/intake-kafka-requests"
    lost.rename(live.home / "elsewhere")
    with pytest.raises(InputMissing, match="intake-kafka-requests is gone"):
        live.stream(**given)


def test_a_topic_that_is_not_there_is_told(live: Live, kafka: Broker) -> None:
    with pytest.raises(InputMissing, match="Kafka has no such topic"):
        live.stream(source="kafka", kafka_servers=kafka.servers, kafka_topic="absent")


def test_a_second_kind_of_source_is_refused(live: Live, kafka: Broker) -> None:
    live.landing.requests(DAY, "a.log", lines("a"))
    live.stream()
    for other in (
        {"source": "kafka", "kafka_servers": kafka.servers, "kafka_topic": "x"},
        {"source": "socket", "socket": "127.0.0.1:1", "socket_lines": "text"},
    ):
        with pytest.raises(WrongUsage, match=r"follow another source \('requests/dt=2015-05-17/a.log'\).*a home of its own"):
            live.stream(mode="continuous", **other)


def test_a_signal_ends_it_with_all_counted_that_was_read(live: Live) -> None:
    live.landing.requests(DAY, "a.log", lines("aab"))

    def end() -> None:
        try:
            wait_for(lambda: live.totals() != {})
            live.landing.requests(DAY, "b.log", lines("aac"))
            wait_for(lambda: len(live.rows(schema.LEDGER)) == 2)
        finally:  # else the stream would go on and on; where it has failed, nobody listens any more
            if signal.getsignal(signal.SIGTERM) is not before:
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=end)
    live.stream(mode="available-now")
    thread.start()
    live.stream(mode="continuous")
    thread.join()
    assert live.totals() == {(DAY, "a"): 4, (DAY, "b"): 1, (DAY, "c"): 1}
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_error_that_stays_ends_it_after_three_tries_and_the_others_finish(
    live: Live, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(frame: Any, batch: Batch) -> None:
        if not frame.isEmpty():
            raise RuntimeError("no room")

    live.landing.requests(DAY, "a.log", lines("aab"))
    with monkeypatch.context() as patch:
        patch.setattr(totals, "write", fail)
        with pytest.raises(Exception, match="no room"):
            live.stream(mode="continuous")
    assert capfd.readouterr().out.count("is started again") == 2
    assert live.totals() == {} and sum(row.requests for row in live.rows(schema.REQUEST_WINDOWS)) == 3 * 10
    live.stream()
    assert Counter({user: requests for (_, user), requests in live.totals().items()}) == Counter("aab")
