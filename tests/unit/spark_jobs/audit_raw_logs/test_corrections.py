"""The audit's own reading of corrections, and what it makes of lines with them."""

import hashlib
import hmac
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs.corrections import corrected_profiles, read_corrections
from spark_jobs.audit_raw_logs.erased import Erased
from spark_jobs.audit_raw_logs.judging import Outcome, judge
from spark_jobs.ingest.datasets import PROFILES, REQUESTS
from spark_jobs.lake.errors import DataFailed
from tests.landing import Landing, fix

DAY = date(2026, 11, 2)
GOOD, LATE = f"{DAY}T10:00:00Z u1 192.0.2.1 /good", "2026-11-01T10:00:00Z u1 192.0.2.1 /late"


@pytest.mark.parametrize(
    ("line", "outcome", "is_corrected"),
    [
        ("bad", Outcome.ACCEPTED, True),
        ("bad, late", Outcome.LATE, True),
        ("worse", Outcome.MALFORMED, False),
        ("drop me", Outcome.DROPPED, False),
        ("unknown", Outcome.MALFORMED, False),
        # Erased is u9.
        ("to u9", Outcome.ERASED, False),
        ("to a bad line of u9", Outcome.ERASED, False),
        ("u9 to a bad line", Outcome.ERASED, False),
        ("u9 to u1", Outcome.ACCEPTED, True),
        ("u9 dropped", Outcome.DROPPED, False),
        (GOOD, Outcome.ACCEPTED, False),  # only bad lines are corrected
    ],
)
def test_a_line_with_its_correction(tmp_path: Path, line: str, outcome: Outcome, is_corrected: bool) -> None:
    landing = Landing(tmp_path)
    fixes = [fix("bad", GOOD), fix("bad, late", LATE), fix("worse", "bad"), fix("drop me", None), fix(GOOD, None)]
    landing.corrections(DAY, "requests", "a.jsonl", fixes[:3])
    landing.corrections(DAY, "requests", "b.jsonl", [*fixes[2:], fixes[0]])
    of_erased = [fix("to u9", GOOD.replace("u1", "u9")), fix("to a bad line of u9", "u9 bad"), fix("u9 to a bad line", "bad")]
    landing.corrections(DAY, "requests", "c.jsonl", [*of_erased, fix("u9 to u1", GOOD), fix("u9 dropped", None)])
    landing.corrections(DAY, "requests", "empty.jsonl", b"")
    u9 = {2: frozenset([hmac.new(b"k", b"u9", hashlib.sha256).hexdigest()])}
    erased = Erased(b"k", u9, u9)
    judged = judge(DAY, 2, 1000, ["repeated.log"], read_corrections(tmp_path.as_uri(), REQUESTS, DAY), erased)
    found = judged(("a.log", line.encode()))
    assert (found.outcome, found.is_corrected, found.request is None) == (
        outcome,
        is_corrected,
        outcome not in (Outcome.ACCEPTED, Outcome.LATE),
    )
    assert judged(("repeated.log", line.encode())).outcome is Outcome.DUPLICATE


def test_profiles_are_corrected_where_they_are_bad_and_then_where_they_disagree(spark: SparkSession, tmp_path: Path) -> None:
    lines = ['bad"line', "drop,", "two,a", "two,b", "same,x", "same,x", "three,1", "three,2"]
    fixes = [fix(lines[0], "mended,1"), fix(lines[2], None), fix(lines[4], "never,0"), fix(lines[6], "three,2"), fix("no such line", None)]
    Landing(tmp_path).corrections(DAY, "profiles", "a.jsonl", fixes)
    landed = spark.sparkContext.parallelize([("p.csv", line.encode()) for line in lines], 2)
    found = corrected_profiles(landed, read_corrections(tmp_path.as_uri(), PROFILES, DAY), 1000).collect()
    # The lines of `same` agree, so that nothing of them is bad.
    assert sorted((name, info[0]) for name, info in found) == [
        ("drop", ""),
        ("mended", "1"),
        ("same", "x"),
        ("same", "x"),
        ("three", "2"),
        ("three", "2"),
        ("two", "b"),
    ]


@pytest.mark.parametrize("content", [b"{\n", b"[]\n", b'{"replacement": "x"}\n', b'{"sha256": "a", "replacement": 5}\n', b"\xff\n"])
def test_a_file_that_is_none_fails_the_audit_by_name(tmp_path: Path, content: bytes) -> None:
    Landing(tmp_path).corrections(DAY, "requests", "a.jsonl", content)
    with pytest.raises(DataFailed, match=r"a\.jsonl holds a line that is no correction"):
        read_corrections(tmp_path.as_uri(), REQUESTS, DAY)


def test_a_day_without_corrections_has_none(tmp_path: Path) -> None:
    assert read_corrections(tmp_path.as_uri(), REQUESTS, DAY) == {}
