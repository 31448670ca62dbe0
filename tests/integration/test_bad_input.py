"""Bad input on the chain: a clear error that names it, and nothing staged, published or lost."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.gate.schema import BY_NAME
from spark_jobs.lake.errors import DataFailed, InputMissing
from spark_jobs.lake.iceberg import ensure_table
from tests.integration.chain import Chain
from tests.landing import Landing

LINE = "{day}T10:00:00Z u1 192.0.2.1 /x.html"


def good_day(landing: Landing, day: date, lines: int = 40) -> None:
    landing.requests(day, "a.log", [LINE.format(day=day)] * lines)
    landing.users(day, "u.json", [{"user_id": "u1", "age": 20}])
    landing.profiles(day, "p.csv", ["u1,x"])
    landing.complete(day)


def truncated_gzip(landing: Landing, day: date) -> str:
    path = landing.requests(day, "cut.log", [f"{LINE.format(day=day)}{n}" for n in range(5000)], gz=True)
    path.write_bytes(path.read_bytes()[:-200])
    return "cut.log.gz"


def no_gzip(landing: Landing, day: date) -> str:
    landing.requests(day, "plain.log.gz", b"2026 no gzip\n")
    return "plain.log.gz"


def empty_gzip(landing: Landing, day: date) -> str:
    landing.users(day, "empty.json.gz", b"")
    return "empty.json.gz"


def hidden_name(landing: Landing, day: date) -> str:
    landing.requests(day, "_hidden.log", [LINE.format(day=day)])
    return "_hidden.log"


def dotted_name(landing: Landing, day: date) -> str:
    landing.profiles(day, ".p.csv", ["u1,x"])
    return ".p.csv"


def other_ending(landing: Landing, day: date) -> str:
    landing.requests(day, "a.log.bak", [LINE.format(day=day)])
    return "a.log.bak"


def pattern_in_the_name(landing: Landing, day: date) -> str:
    landing.requests(day, "a[1].log", [LINE.format(day=day)])
    return "a[1].log"


def folder(landing: Landing, day: date) -> str:
    (landing.folder("requests", day) / "more.log").mkdir()
    return "more.log"


def link_out(landing: Landing, day: date) -> str:
    secret = landing.root.parent / "outside.log"
    secret.write_text(LINE.format(day=day))
    (landing.folder("requests", day) / "link.log").symlink_to(secret)
    return "link.log"


def link_to_nothing(landing: Landing, day: date) -> str:
    (landing.folder("requests", day) / "gone.log").symlink_to(landing.root / "nowhere.log")
    return "gone.log"


def checksum_file(landing: Landing, day: date) -> str:
    (landing.folder("requests", day) / ".a.log.crc").write_bytes(b"crc")
    return ".a.log.crc"


def blocklist_not_utf8(landing: Landing, day: date) -> str:
    (landing.root / "blocklist.txt").write_bytes(b"ok\n\xff\n")
    return "blocklist.txt"


FAULTS = [
    truncated_gzip, no_gzip, empty_gzip, hidden_name, dotted_name, other_ending, pattern_in_the_name, folder,
    link_out, link_to_nothing, checksum_file,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_an_unreadable_landing_is_named_and_stages_nothing(fault: Callable[[Landing, date], str], spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 1, 1)
    good_day(chain.landing, day)
    name = fault(chain.landing, day)
    before = snapshots(spark)
    with pytest.raises(DataFailed) as failure:
        chain.stage("ingest", day)
    assert name in str(failure.value)
    assert snapshots(spark) == before
    assert not list((tmp_path / "work").rglob("manifest.json"))


@pytest.mark.fault(fault="decompression bomb", where="ingest", promised="named, unread; nothing is staged")
def test_a_file_that_unpacks_to_too_much_is_named_and_not_read(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path, max_file_bytes=2**20), date(2023, 1, 9)
    good_day(chain.landing, day)
    chain.landing.requests(day, "bomb.log", b"x" * (2**21), gz=True)
    before = snapshots(spark)
    with pytest.raises(DataFailed, match=r"requests/dt=2023-01-09/bomb\.log\.gz: [0-9,]+ bytes"):
        chain.stage("ingest", day)
    assert snapshots(spark) == before


def test_a_blocklist_that_is_no_text_is_named(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 1, 8)
    good_day(chain.landing, day)
    chain.publish(chain.stage("ingest", day))
    blocklist_not_utf8(chain.landing, day)
    with pytest.raises(DataFailed, match=r"blocklist\.txt is not UTF-8 at byte 3"):
        chain.stage("enrich", day)


def test_a_day_that_has_not_landed_is_a_missing_input(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 1, 2)
    good_day(chain.landing, day)
    (chain.landing.folder("profiles", day) / "_SUCCESS").unlink()
    with pytest.raises(InputMissing, match="profiles/dt=2023-01-02/_SUCCESS is missing"):
        chain.stage("ingest", day)


def test_too_many_bad_lines_leave_the_days_before_and_the_earlier_release_as_they_were(spark: SparkSession, tmp_path: Path):
    chain, yesterday, day = Chain(spark, tmp_path), date(2023, 2, 1), date(2023, 2, 2)
    for landed in (yesterday, day):
        good_day(chain.landing, landed)
        chain.run(landed, audited=False)
    before, report = snapshots(spark), chain.report(day)
    chain.landing.requests(day, "bad.log", ["not a request"] * 3)  # 3 of 43 lines: above 5 %
    with pytest.raises(DataFailed) as failure:
        chain.gate("ingest", day, chain.stage("ingest", day))
    message = str(failure.value)
    assert "ops.ledger  quarantined_share_is_bearable: 1 rows" in message
    assert snapshots(spark) == before
    assert chain.report(day) == report


def test_a_file_that_changes_between_ingest_and_gate_is_noticed(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 3, 1)
    good_day(chain.landing, day)
    branch = chain.stage("ingest", day)
    chain.landing.requests(day, "more.log", [LINE.format(day=day)])
    with pytest.raises(DataFailed, match="lines_equal_the_landed_lines"):
        chain.gate("ingest", day, branch)


@pytest.mark.slow
def test_a_file_delivered_twice_counts_once(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 4, 1)
    good_day(chain.landing, day)
    once = chain.run(day, audited=False)
    content = (chain.landing.folder("requests", day) / "a.log").read_bytes()
    chain.landing.requests(day, "b again.log", content)
    twice = chain.run(day, audited=False)
    assert {name: twice[name] for name in twice if name.endswith(".csv")} == {name: once[name] for name in once if name.endswith(".csv")}
    assert chain.summary(day)["datasets"]["requests"]["duplicates"] == 40


@pytest.mark.slow
def test_gzip_is_read_like_plain_text(spark: SparkSession, tmp_path: Path):
    chain, day = Chain(spark, tmp_path), date(2023, 5, 1)
    members = gzip.compress(LINE.format(day=day).encode() + b"\n") + gzip.compress(LINE.format(day=day).encode())
    chain.landing.requests(day, "two members.log.gz", members)
    chain.landing.complete(day)
    chain.run(day, audited=False)
    assert chain.summary(day)["datasets"]["requests"]["accepted"] == 2


def snapshots(spark: SparkSession) -> dict[str, int]:
    """Main's snapshot of every table; a table that is not there yet is made, so that its making is no change."""
    return {name: ensure_table(spark, table).currentSnapshot().snapshotId() for name, table in BY_NAME.items()}
