"""A quarantined line whose correction makes it an erased user's would be left out, not pass."""

import hashlib

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.corrections import Correction
from spark_jobs.ingest.judging import Limits
from spark_jobs.replay_quarantine.judge import judged_keyed, judged_requests

KEY = Key(b"k" * 32)
DAY = "2026-11-01"


def limits(spark: SparkSession) -> Limits:
    return Limits(2, 1000, ErasedUsers.of(spark, KEY, [(KEY.hash_of("u1"), 2)]))


def quarantined(spark: SparkSession, dataset: str, lines: dict[bytes, bytes]) -> tuple[DataFrame, list[Correction]]:
    folder = f"{dataset}/dt={DAY}"
    rows = [(f"{folder}/{number}", bytearray(line)) for number, line in enumerate(lines)]
    corrections = [Correction(f"{folder}/{hashlib.sha256(line).hexdigest()}", fixed, "a.jsonl", 1) for line, fixed in lines.items()]
    return spark.createDataFrame(rows, "source_file string, line binary"), corrections


def passing(judged: DataFrame) -> list[str]:
    return sorted(row.source_file[-1] for row in judged.where("passes").collect())


def test_requests(spark: SparkSession) -> None:
    lines, corrections = quarantined(spark, "requests", {b"0": b"2026-11-01T10:00Z u1 ::1 /", b"1": b"2026-11-01T10:00Z u2 ::1 /"})
    assert passing(judged_requests(spark, lines, corrections, limits(spark))) == ["1"]


def test_users(spark: SparkSession) -> None:
    lines, corrections = quarantined(spark, "users", {b"0": b'{"user_id":"u1"}', b"1": b'{"user_id":"u2"}'})
    accepted = spark.createDataFrame([], "landing_day date, user_id string, name string, age int, gender string")
    assert passing(judged_keyed(spark, lines, accepted, "users", corrections, limits(spark))) == ["1"]
