"""Lines that chance has made of good and hostile ones: no parser fails, every line is accounted for, the oracle says the same of each,
and what was accepted says the same once it is written anew.

hypothesis chooses the chance and how far it goes. The short form runs in make test, a long one by
`make test-soak SEED=… FUZZED_LINES=1000000`.
"""

import os
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_jobs.ingest.judging import Limits, judge_landing
from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.settings import OracleSettings
from tests.unit.spark_jobs.ingest.comparing import same_ledger, same_people, same_quarantine, same_requests
from tests.unit.spark_jobs.ingest.rendering import rendered_lines_say_the_same
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import PROFILES, REQUESTS, USERS

MAX_LINE_BYTES = 400
EXAMPLES_OF_A_SOAK = 40
# What has a meaning to some format, parser, shell, template, page or terminal.
HOSTILE = [
    *[bytes([each]) for each in b" \t\"\\[]{}(),:;-+/%&=#$`'<>|\x00\x1b\x7f\x80\xc3\xe2\xed\xff\r0179aZ"],
    *[b"{{ 7*7 }}", b"../../", b"$(id)", b"=cmd()", b"<script>", b"\x1b[31m", "\u2028".encode(), "😀".encode(), b"\\u0000", b"%00"],
]
DAYS = (date(2015, 5, 17) + timedelta(days=40 * number) for number in count())


def fuzzed(chance: random.Random, seeds: Sequence[bytes], number: int, most_changes: int) -> list[bytes]:
    """Lines, each made of one of the seeds by up to most_changes cuts, insertions, repetitions, swaps and splices."""
    short = [line for line in seeds if len(line) <= 2 * MAX_LINE_BYTES]
    return [changed(chance, chance.choice(short), short, chance.randint(0, most_changes)) for _ in range(number)]


def changed(chance: random.Random, line: bytes, seeds: Sequence[bytes], changes: int) -> bytes:
    for _ in range(changes):
        begin = chance.randint(0, len(line))
        end = min(len(line), begin + chance.randint(0, 8))
        middle = chance.choice(
            [b"", chance.choice(HOSTILE), line[begin:end] * 2, line[begin:end][::-1], chance.randbytes(2), chance.choice(seeds)[begin:end]]
        )
        line = line[:begin] + middle + line[end:]
    return line.replace(b"\n", b"")


def check_example(spark: SparkSession, folder: Path, lines: int, chance_of: int, most_changes: int) -> None:
    """One landed day of so many fuzzed lines, in all three datasets."""
    chance, day = random.Random(chance_of), next(DAYS)
    landing = Landing(folder / str(day))
    of_day = [line.replace(b"2015-05-17", str(day).encode()).replace(b"17/May/2015", f"{day:%d/%b/%Y}".encode()) for line in REQUESTS]
    landing.requests(day, "a.log", fuzzed(chance, of_day, lines * 8 // 10, most_changes))
    landing.users(day, "u.json", fuzzed(chance, USERS, lines // 10, most_changes))
    landing.profiles(day, "p.csv", fuzzed(chance, PROFILES, lines // 10, most_changes))
    landing.complete(day)
    expected = oracle.compute(landing.root, day, OracleSettings(max_line_bytes=MAX_LINE_BYTES))
    judging = judge_landing(spark, landing.root.as_uri(), day, Limits(2, MAX_LINE_BYTES))
    judged = {name: frame.cache() for name, frame in judging.lines.items()}
    try:
        for dataset in judged:
            same_quarantine(dataset, judged, expected)
        same_requests(judged, expected)
        same_people(judged, expected)
        same_ledger(spark, judging, judged, expected, day)
        rendered_lines_say_the_same(judged)
    finally:
        for frame in judged.values():
            frame.unpersist()
    print(f"{day}  {lines:,} lines of up to {most_changes} changes each, judged as the oracle does", flush=True)


def run_examples(spark: SparkSession, folder: Path, examples: int, lines: int, seed_of_all: int) -> None:
    @seed(seed_of_all)
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(chance_of=st.integers(0, 2**64 - 1), most_changes=st.integers(1, 12))
    def check(chance_of: int, most_changes: int) -> None:
        check_example(spark, folder, lines, chance_of, most_changes)

    check()


@pytest.mark.fault(fault="hostile lines", where="ingest, all datasets", promised="judged as the oracle does; every line accounted for")
def test_fuzzed_lines(spark: SparkSession, tmp_path: Path) -> None:
    run_examples(spark, tmp_path, examples=2, lines=10_000, seed_of_all=1)


@pytest.mark.soak
def test_many_fuzzed_lines(spark: SparkSession, tmp_path: Path) -> None:
    lines = int(os.environ.get("FUZZED_LINES") or 1_000_000)
    run_examples(spark, tmp_path, EXAMPLES_OF_A_SOAK, -(-lines // EXAMPLES_OF_A_SOAK), int(os.environ["SEED"]))
