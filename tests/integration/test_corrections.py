"""Corrections on the chain: what a landing folder's corrections make of a day, and that the day is the old one again without them."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.audit_raw_logs import job as audit_raw_logs
from spark_jobs.audit_raw_logs.raw_lines import LINE_END
from spark_jobs.gate.schema import BY_NAME, STAGED
from spark_jobs.ingest.schema import LEDGER, PROFILES, QUARANTINE, REQUESTS, USERS
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.table import Table
from tests.integration.chain import Chain, arguments, csvs
from tests.integration.corrected_day import MAX_LINE_BYTES, correct, land
from tests.integration.test_bad_input import snapshots
from tests.landing import Landing, fix
from tests.oracle import oracle


def rows(spark: SparkSession, table: Table, day: date) -> Counter[str]:
    """The day's rows on main, as a multiset."""
    found = read_day(spark, table, day, published_snapshot(spark, table)).collect()
    return Counter(str({**row.asDict(), "late_by_day": sorted(row.late_by_day.items())} if "late_by_day" in row else row) for row in found)


def ledger(spark: SparkSession, day: date) -> dict[str, tuple[Any, ...]]:
    of_day = read_day(spark, LEDGER, day, published_snapshot(spark, LEDGER))
    return {
        row.source_file: (
            row.lines, row.accepted, row.late, row.quarantined, row.duplicates, row.dropped, row.corrected, row.arrived_late,
            row.unmatched_corrections, row.late_by_day,
        )
        for row in of_day.collect()
    }  # fmt: skip


def check_tables(chain: Chain, day: date) -> oracle.OracleDay:
    """The ledger file by file, the quarantine line by line, requests, users and profiles are the oracle's."""
    settings = oracle.OracleSettings(max_line_bytes=MAX_LINE_BYTES)
    wanted = oracle.compute(chain.landing.root, day, settings)
    assert ledger(chain.spark, day) == {
        name: (
            c.lines, c.accepted, c.late, c.quarantined, c.duplicates, c.dropped, c.corrected, c.arrived_late,
            c.unmatched_corrections, {str(late): n for late, n in c.late_by_day.items()},
        )
        for name, c in wanted.ledger.items()
    }  # fmt: skip
    bad = read_day(chain.spark, QUARANTINE, day, published_snapshot(chain.spark, QUARANTINE)).collect()
    assert sorted((row.dataset, row.reason, row.source_file, bytes(row.line)) for row in bad) == sorted(
        (row.dataset, row.reason.value, row.source_file, row.line) for row in wanted.quarantine
    )
    requests = read_day(chain.spark, REQUESTS, day, published_snapshot(chain.spark, REQUESTS)).toArrow()
    assert Counter(map(str, requests.cast(wanted.requests.schema).to_pylist())) == Counter(map(str, wanted.requests.to_pylist()))
    users = read_day(chain.spark, USERS, day, published_snapshot(chain.spark, USERS)).collect()
    assert sorted((row.user_id, row.name, row.age, row.gender) for row in users) == [tuple(user) for user in wanted.users]
    profiles = read_day(chain.spark, PROFILES, day, published_snapshot(chain.spark, PROFILES)).collect()
    assert sorted((row.user_id, row.info) for row in profiles) == [(user_id, list(info)) for user_id, info in wanted.profiles]
    return wanted


def audit(chain: Chain, day: date, findings: Path) -> None:
    limits = {
        "late_days": 2,
        "max_line_bytes": MAX_LINE_BYTES,
        "max_file_bytes": 2**30,
        "max_users_per_ip": 50,
        "top": 7,
        "max_hops": 1,
        "checkpoint_every": 1,
    }
    places = {"landing_uri": chain.settings.landing, "work_uri": chain.settings.work, "findings_uri": findings.as_uri()}
    places |= {"erasure_key_file": str(chain.settings.erasure_key)}
    try:
        audit_raw_logs.main(arguments({"day": day, "partitions": 2}, places, limits))
    finally:
        chain.spark.sparkContext._jsc.hadoopConfiguration().unset(LINE_END)  # type: ignore[attr-defined]


def chain_of(spark: SparkSession, home: Path) -> Chain:
    return Chain(spark, home, max_line_bytes=MAX_LINE_BYTES)


def ingest(chain: Chain, day: date) -> dict[str, Counter[str]]:
    """Publish the day of stage ingest; its tables' rows."""
    chain.publish(chain.stage("ingest", day))
    return {table.name: rows(chain.spark, table, day) for table in STAGED["ingest"]}


def test_a_corrected_landing_is_the_oracles_and_without_its_corrections_the_old_one(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain, day = chain_of(spark, tmp_path), date(2033, 3, 3)
    land(chain.landing, day)
    former = ingest(chain, day)
    correct(chain.landing, day)
    capsys.readouterr()
    first = ingest(chain, day)
    told = capsys.readouterr().out
    wanted = check_tables(chain, day)
    counts = wanted.counts["requests"]
    # Five corrected lines are accepted, with that of `hostile 8`; one is late.
    assert (counts.corrected, counts.dropped, counts.late, counts.duplicates) == (6 + 1, 4 + 1, 1, 2)
    assert (wanted.counts["users"].corrected, wanted.counts["users"].dropped) == (3, 2)
    # A bad replacement leaves its line in the quarantine, as landed, with the replacement's reason.
    hostile = read_day(spark, QUARANTINE, day, published_snapshot(spark, QUARANTINE)).where("line LIKE 'hostile%'")
    reasons = {bytes(row.line).decode(): (row.reason, row.detail.startswith("replacement: ")) for row in hostile.collect()}
    names = ("MALFORMED", "CONTROL_CHARACTER", "CONTROL_CHARACTER", "TOO_LONG", "MALFORMED", "OUT_OF_WINDOW", "MALFORMED")
    assert reasons == {f"hostile {n}": (reason, True) for n, reason in enumerate(names, 1)}
    # The one that matches nothing is named.
    digest = fix(f"{day}T11:00:00Z u1 192.0.2.1 /good.html", None)["sha256"]
    own = f"_corrections/requests/dt={day}/b.jsonl"
    assert f"WARNING unmatched correction: {own} line 12 ({digest}): the day quarantines no such line" in told
    assert told.count("WARNING unmatched") == 1 and ledger(spark, day)[own][8] == 1

    assert ingest(chain, day) == first  # twice changes nothing
    shutil.rmtree(chain.landing.root / "_corrections")
    assert ingest(chain, day) == former


@pytest.mark.slow
def test_a_corrected_day_through_every_stage_gate_and_audit(spark: SparkSession, tmp_path: Path) -> None:
    chain, day = chain_of(spark, tmp_path), date(2033, 3, 13)
    land(chain.landing, day)
    former = csvs(chain.run(day, audited=False))
    former_rows = {name: rows(spark, table, day) for name, table in BY_NAME.items()}
    assert chain.summary(day)["datasets"]["requests"]["corrected"] == 0
    audit(chain, day, tmp_path / "findings without")

    correct(chain.landing, day)
    with pytest.raises(
        DataFailed, match=r"lines=620 accepted=607 late=1 .* dropped=4 .*corrected=6.*; ledger lines=620 accepted=602 late=0"
    ):
        audit(chain, day, tmp_path / "findings before the run")
    first = csvs(chain.run(day))
    assert first == check_tables(chain, day).csv != former
    summary = chain.summary(day)
    assert (summary["unmatched_corrections"], summary["gates"]["ingest"]["warnings"]) == (1, 1)
    assert "corrections_match_a_line" in chain.report(day)["index.html"].decode()
    audit(chain, day, tmp_path / "findings with")  # an independent count, by its own code, finds the same

    shutil.rmtree(chain.landing.root / "_corrections")
    assert csvs(chain.run(day, audited=False)) == former
    assert {name: rows(spark, table, day) for name, table in BY_NAME.items()} == former_rows


@pytest.mark.slow
def test_corrections_of_a_later_landing_reach_the_day_they_make_requests_of(spark: SparkSession, tmp_path: Path) -> None:
    chain, day = chain_of(spark, tmp_path), date(2033, 4, 3)
    after, far = day + timedelta(days=1), day + timedelta(days=3)
    good = [f"{{day}}T11:00:00Z u{n} 192.0.2.{n} /p.html" for n in range(50)]
    for landed in (day, after, far):
        chain.landing.requests(landed, "a.log", [line.format(day=landed) for line in good])
    bad = [
        "mends to the day before",
        "mends to its own day",
        f"{day}T12:00:00Z u1 1.2.3 /bad-ip",
        "dropped",
        f"{far}T10:00:00Z u1 192.0.2.1 /f",
    ]
    late = f"{day}T12:00:00Z late 192.0.2.1 /l.html"
    chain.landing.requests(after, "late.log", [*bad, late])
    chain.landing.corrections(
        after, "requests", "a.jsonl",
        [
            fix(bad[0], f"{day}T12:00:00Z mended 192.0.2.1 /m.html"),
            fix(bad[1], f"{after}T12:00:00Z own 192.0.2.1 /m.html"),
            fix(bad[2], f"{day}T12:00:00Z u1 192.0.2.3 /mended-ip"),
            fix(bad[3], None),
            fix(bad[4], f"{day}T12:00:00Z u1 192.0.2.3 /from-the-future"),
            fix(late, f"{day}T12:00:00Z never 192.0.2.1 /never.html"),
        ],
    )  # fmt: skip
    # Beyond the window of the day: its landing may not reach the day, whatever its corrections say.
    chain.landing.requests(far, "late.log", ["too far"])
    chain.landing.corrections(far, "requests", "a.jsonl", [fix("too far", f"{day}T12:00:00Z far 192.0.2.1 /far.html")])
    for landed in (day, after, far):
        chain.landing.complete(landed)
    for landed in (far, day, after):  # in no order
        ingest(chain, landed)
        check_tables(chain, landed)
    requests = read_day(spark, REQUESTS, day, published_snapshot(spark, REQUESTS)).where(F.col("landing_day") == str(after))
    assert sorted(row.action for row in requests.collect()) == ["/from-the-future", "/l.html", "/m.html", "/mended-ip"]
    assert ledger(spark, day)[f"requests/dt={after}/late.log"][5:8] == (0, 3, 4)


def broken_line(landing: Landing, day: date) -> str:
    return landing.corrections(day, "requests", "broken.jsonl", [fix("a", None), "{"]).name + " line 2"


def folder_of_no_dataset(landing: Landing, day: date) -> str:
    landing.corrections(day, "request", "a.jsonl", [fix("a", None)])
    return "_corrections/request"


@pytest.mark.parametrize("fault", [broken_line, folder_of_no_dataset], ids=lambda fault: fault.__name__)
def test_what_is_no_correction_stages_nothing(spark: SparkSession, tmp_path: Path, fault: Callable[[Landing, date], str]) -> None:
    chain, day = chain_of(spark, tmp_path), date(2033, 5, 3)
    chain.landing.requests(day, "a.log", ["a"])
    chain.landing.complete(day)
    name = fault(chain.landing, day)
    before = snapshots(spark)
    with pytest.raises(DataFailed, match=name):
        chain.stage("ingest", day)
    assert snapshots(spark) == before
