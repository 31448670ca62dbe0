"""The whole chain equals an independent computation: every CSV to the byte, every count."""

import gzip
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from include.settings import PROJECT
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import GATE_RESULTS
from tests.integration.chain import Chain, csvs
from tests.landing import Landing
from tests.oracle import oracle
from tests.session import restored
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import PROFILES, REQUESTS, USERS

REAL_LOG = PROJECT.parent / "shared/data/access_log_2015-05-17_18.log.gz"


def check(chain: Chain, day: date, audited: bool = True) -> None:
    """Run the day and compare everything that the report tells with the oracle."""
    found = chain.run(day, audited)
    wanted = oracle.compute(chain.landing.root, day)
    assert csvs(found) == wanted.csv
    summary = chain.summary(day)
    for dataset, counts in wanted.counts.items():
        names = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "erased")
        expected = {name: getattr(counts, name) for name in names}
        assert summary["datasets"][dataset] == expected, dataset
    assert summary["arrived_late"] == wanted.arrived_late
    assert summary["unmatched_corrections"] == sum(counts.unmatched_corrections for counts in wanted.counts.values())
    assert (summary["blocked_rows"], summary["unmatched_users"]) == (wanted.blocked_rows, len(wanted.unmatched_users))
    assert summary["hub_ips"] == len(wanted.hub_ips)
    (release,) = chain.spark.table(RELEASES.identifier).where(F.col("release_id") == summary["release"]).collect()
    assert {name: version.asDict() for name, version in release.tables.items()} == summary["tables"]
    if audited:
        of_day = chain.spark.table(GATE_RESULTS.identifier).where(F.col("day") == str(day))
        assert (
            of_day.count()
            == sum(gate["checks"] for gate in summary["gates"].values())
            == of_day.where("passed").count() + sum(gate["warnings"] for gate in summary["gates"].values())
        )


def sample(landing: Path, first: date, days: int, *options: str) -> list[date]:
    command = [sys.executable, "-m", "tools.sample_data", "--landing", str(landing), "--day", str(first), "--days", str(days), *options]
    subprocess.run(command, check=True, cwd=PROJECT, capture_output=True)
    return [first + timedelta(days=n) for n in range(days)]


@pytest.mark.slow
def test_a_backfill_in_reverse_equals_the_forward_run(spark: SparkSession, tmp_path: Path):
    chain = Chain(spark, tmp_path)
    days = sample(tmp_path / "landing", date(2024, 2, 28), 4, "--requests", "1500", "--users", "200")  # over a leap day
    for day in reversed(days):  # first, while no run before it has left anything
        check(chain, day, audited=False)
    reverse = {day: csvs(chain.report(day)) for day in days}
    for day in days:
        assert csvs(chain.run(day, audited=False)) == reverse[day], f"{day} differs when the days are run forward"


@pytest.mark.slow
def test_partitioning_changes_no_byte(spark: SparkSession, tmp_path: Path):
    chain = Chain(spark, tmp_path)
    (day,) = sample(tmp_path / "landing", date(2024, 4, 1), 1, "--requests", "3000", "--users", "200")
    first = csvs(chain.run(day, audited=False))
    changed = {"spark.sql.files.maxPartitionBytes": "20000", "spark.sql.shuffle.partitions": "7", "spark.sql.adaptive.enabled": "true"}
    finer = Chain(spark, tmp_path, finish_edges=0)
    with restored(spark, changed):
        for name, value in changed.items():
            spark.conf.set(name, value)
        assert csvs(finer.run(day, audited=False)) == first


def test_a_hostile_day_goes_through_whole(spark: SparkSession, tmp_path: Path):
    """Every kind of bad line, diluted below the bearable share, and a blocklist that is a pattern to no one."""
    chain = Chain(spark, tmp_path)
    day, landed = date(2015, 5, 17), Landing(tmp_path / "landing")
    good = [f"2015-05-17T{n % 24:02}:{n % 60:02}:00Z u{n % 97} 10.0.{n % 5}.{n % 40} /p{n % 7}.html".encode() for n in range(3000)]
    landed.requests(day, "with a space.log", b"\xef\xbb\xbf" + b"\n".join(REQUESTS + good))
    landed.users(day, "users.json", USERS + [{"user_id": f"u{n}", "age": n % 60, "gender": "f"} for n in range(5, 1200)])
    landed.profiles(day, "profiles.csv", PROFILES + [f"u{n},x{n}" for n in range(20, 600)], gz=True)
    landed.blocklist(["/p3.", ".*", "(", "10.0.1.2\r"])
    landed.complete(day)
    check(chain, day)


def test_an_empty_day(spark: SparkSession, tmp_path: Path):
    chain = Chain(spark, tmp_path)
    chain.landing.complete(date(2024, 6, 1))
    check(chain, date(2024, 6, 1))


@pytest.mark.skipif(not REAL_LOG.is_file(), reason="the real log is not part of the project")
def test_two_days_of_a_real_log(spark: SparkSession, tmp_path: Path):
    chain = Chain(spark, tmp_path)
    lines = gzip.decompress(REAL_LOG.read_bytes()).splitlines()
    for day in (date(2015, 5, 17), date(2015, 5, 18)):
        chain.landing.requests(day, "access.log", [line for line in lines if f"[{day:%d/%b/%Y}".encode() in line])
        chain.landing.complete(day)
    for day in (date(2015, 5, 17), date(2015, 5, 18)):
        check(chain, day, audited=day == date(2015, 5, 18))
