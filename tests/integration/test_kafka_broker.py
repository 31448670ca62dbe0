"""The tests' own Kafka broker: what is written to a topic is read back, partition by partition, and nothing is made by mistake."""

from pathlib import Path

import psutil
import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from tests.kafka.broker import Broker, kafka_broker

LINES = {partition: [f"line {number} of {partition}".encode() for number in range(500)] for partition in (0, 1)}
# No text, and of no length: the broker takes lines as they are.
LINES[1][7:9] = [b"\xff\x00", b""]


def read(spark: SparkSession, kafka: Broker, topic: str) -> dict[int, list[bytes]]:
    """The topic's lines by partition, in the order of their offsets."""
    rows = spark.read.format("kafka").option("kafka.bootstrap.servers", kafka.servers).option("subscribe", topic).load()
    found: dict[int, list[bytes]] = {}
    for row in sorted(rows.collect(), key=lambda row: row.offset):
        found.setdefault(row.partition, []).append(bytes(row.value))
    return found


def test_lines_are_read_back_as_they_were_written(spark: SparkSession, kafka: Broker) -> None:
    kafka.create_topic(spark, "broker_lines", partitions=2)
    for partition, lines in LINES.items():
        kafka.produce(spark, "broker_lines", lines[:200], partition)
        kafka.produce(spark, "broker_lines", lines[200:], partition)
    assert read(spark, kafka, "broker_lines") == LINES


def test_a_topic_is_made_once_and_only_when_asked_for(spark: SparkSession, kafka: Broker) -> None:
    kafka.create_topic(spark, "broker_once")
    with pytest.raises(Py4JJavaError, match="TopicExistsException"):
        kafka.create_topic(spark, "broker_once")
    for _ in range(2):
        with pytest.raises(Py4JJavaError, match="UnknownTopicOrPartitionException"):
            read(spark, kafka, "broker_never")


def test_the_broker_ends_with_its_block_however_that_ends(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    with pytest.raises(ZeroDivisionError), kafka_broker(tmp_path):
        (broker,) = set(psutil.Process().children()) - before
        raise ZeroDivisionError
    assert not broker.is_running()
