"""The upkeep of the lake: what nobody needs goes, what a run at work or a kept release needs stays, and no reader notices."""

import os
import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.gate.schema import BY_NAME, STAGED
from spark_jobs.ingest.schema import QUARANTINE, REQUESTS, USERS
from spark_jobs.lake.begun import BEGUN
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.manifest import Manifest, snapshot_properties
from spark_jobs.lake.paths import list_folder
from spark_jobs.lake.publishing import check_bases, check_inputs, publish_day
from spark_jobs.lake.reading import kept_snapshots, published_snapshot, read_day
from spark_jobs.lake.table import Table
from spark_jobs.maintain import files, job, snapshots
from spark_jobs.maintain.account import account, stage_branches
from spark_jobs.maintain.active import active_stages
from tests.faults.reader import path_of
from tests.integration.chain import Chain

# A far future of its own: the tables are the session's.
DAYS = [date(2041, 5, 1) + timedelta(days=number) for number in range(4)]
KEEP_DAYS = 7


@pytest.fixture
def chain(spark: SparkSession, tmp_path: Path) -> Chain:
    return Chain(spark, tmp_path)


def land(chain: Chain, day: date, users: int) -> None:
    chain.landing.requests(day, "a.log", [f"{day}T10:00:0{n}Z u{n} 192.0.2.{n} /a.html" for n in range(users)])
    chain.landing.users(day, "u.json", [{"user_id": f"u{n}"} for n in range(users)])
    chain.landing.complete(day)


def maintain(chain: Chain, dry_run: str = "no") -> None:
    job.main(["--work-uri", chain.settings.work, "--keep-days", str(KEEP_DAYS), "--dry-run", dry_run])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of keeping is over for all that was made until now."""
    monkeypatch.setattr(job, "DAY_SECONDS", 0)


def rows(chain: Chain, day: date) -> dict[str, int]:
    return {table.name: read_day(chain.spark, table, day, published_snapshot(chain.spark, table)).count() for table in STAGED["ingest"]}


def held(chain: Chain) -> tuple[int, int]:
    """Snapshots and branches of raw.requests."""
    found = account(chain.spark, load_table(chain.spark, REQUESTS))
    return found.snapshots, found.branches


def test_what_was_of_no_use_for_long_goes_and_every_row_stays(chain: Chain, later: None, capsys: pytest.CaptureFixture[str]) -> None:
    maintain(chain)  # puts together what other tests of the session have left
    for users in (3, 2, 4):
        land(chain, DAYS[0], users)
        chain.publish(chain.stage("ingest", DAYS[0]))
    chain.end_stages()
    before, main = rows(chain, DAYS[0]), published_snapshot(chain.spark, REQUESTS)
    held_before, files_before = held(chain), every_file(chain)
    maintain(chain, dry_run="yes")
    assert held(chain) == held_before
    assert every_file(chain) == files_before
    assert "would go: " in capsys.readouterr().out
    maintain(chain)
    assert held(chain) == (1, 0)
    assert rows(chain, DAYS[0]) == before
    assert published_snapshot(chain.spark, REQUESTS) == main
    assert list_folder(chain.spark, f"{chain.settings.work}/branches") == []
    told = capsys.readouterr().out
    assert "raw.requests" in told and re.search(r"^work: [1-9]\d* folders of dead runs gone", told)
    maintain(chain)
    assert held(chain) == (1, 0)


def every_file(chain: Chain) -> set[Path]:
    """Of the work folder and of raw.requests."""
    return {path for folder in (chain.settings.home / "work", table_folder(chain)) for path in folder.rglob("*") if path.is_file()}


def table_folder(chain: Chain) -> Path:
    return path_of(str(load_table(chain.spark, REQUESTS).location()))  # type: ignore[union-attr]


def test_a_snapshot_with_a_tag_stays_and_so_does_the_rest_of_the_upkeep(chain: Chain, later: None) -> None:
    """Iceberg refuses to expire it, and with it all others of the table."""
    for users in (3, 2):
        land(chain, DAYS[0], users)
        chain.publish(chain.stage("ingest", DAYS[0]))
        if users == 3:
            chain.spark.sql(f"ALTER TABLE {REQUESTS.identifier} CREATE TAG before_the_change")
            kept = published_snapshot(chain.spark, REQUESTS)
    chain.end_stages()
    maintain(chain)
    assert held(chain) == (2, 0)
    assert read_day(chain.spark, REQUESTS, DAYS[0], kept).count() == 3
    chain.spark.sql(f"ALTER TABLE {REQUESTS.identifier} DROP TAG before_the_change")
    maintain(chain)
    assert held(chain) == (1, 0)


@pytest.mark.slow
def test_within_the_time_of_keeping_every_snapshot_and_branch_stays(chain: Chain) -> None:
    land(chain, DAYS[1], 3)
    branch = chain.stage("ingest", DAYS[1])
    chain.publish(branch)
    land(chain, DAYS[1], 2)
    first = published_snapshot(chain.spark, REQUESTS)
    chain.publish(chain.stage("ingest", DAYS[1]))
    before = held(chain)
    maintain(chain)
    assert held(chain) == before
    assert kept_snapshots(chain.spark, REQUESTS, [first]) == {first}
    assert Manifest.read(chain.spark, chain.settings.work, branch).branch == branch


@pytest.mark.fault(fault="upkeep", where="beside a run at work", promised="the run loses nothing")
def test_a_run_at_work_is_left_its_branch_its_bases_and_its_day(chain: Chain, later: None) -> None:
    land(chain, DAYS[2], 3)
    chain.publish(chain.stage("ingest", DAYS[2]))
    chain.end_stages()
    branch = chain.stage("ingest", DAYS[2])
    manifest = Manifest.read(chain.spark, chain.settings.work, branch)
    assert active_stages(chain.spark, chain.settings.work, time.time()).branches == {branch}
    levels = [chain.settings.home / f"work/identities/{day}-0-50/_level" for day in (DAYS[2], DAYS[1])]
    for level in levels:
        level.parent.mkdir(parents=True)
        level.touch()
    maintain(chain)
    assert [level.exists() for level in levels] == [True, False]
    assert stage_branches(load_table(chain.spark, USERS)).keys() == {branch}
    tables = [BY_NAME[name] for name in manifest.tables]
    check_bases(chain.spark, tables, manifest)
    for table in tables:
        publish_day(chain.spark, table, manifest)
    assert rows(chain, DAYS[2])["raw.requests"] == 3


def test_small_files_of_a_day_are_put_together_but_not_of_a_day_at_work(
    chain: Chain, later: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the stage begins while the upkeep is at another table."""
    frame = read_day(chain.spark, QUARANTINE, DAYS[3], published_snapshot(chain.spark, QUARANTINE))
    bad = chain.spark.createDataFrame([(DAYS[3], "users", "MALFORMED", "", "x", bytearray(b"x"))], frame.schema)
    append_files(QUARANTINE, bad, DAYS[3], 6)
    at_work = chain.settings.home / "work/branches/b_at_work" / BEGUN
    real = files.remove_orphans

    def begin(spark: SparkSession, table: Table, *others: Any) -> int:
        assert table != QUARANTINE or at_work.exists()
        at_work.parent.mkdir(parents=True, exist_ok=True)
        at_work.write_text(f'{{"stage": "ingest", "day": "{DAYS[3]}", "run_id": "x"}}')
        return real(spark, table, *others)

    with monkeypatch.context() as patched:
        patched.setattr(files, "remove_orphans", begin)
        maintain(chain)
    assert files_of(chain, DAYS[3]) == 6
    chain.end_stages()
    capsys.readouterr()
    maintain(chain, dry_run="yes")
    assert "; 6 files would be put together" in capsys.readouterr().out
    maintain(chain)
    assert files_of(chain, DAYS[3]) == 1
    assert rows(chain, DAYS[3])["raw.quarantine"] == 6


def append_files(table: Table, rows: DataFrame, day: date, times: int) -> None:
    """The rows so many times, each time as a file of its own."""
    writer = rows.coalesce(1).writeTo(table.identifier)
    for name, value in snapshot_properties(day, "tests", "none").items():
        writer = writer.option(f"snapshot-property.{name}", value)
    for _ in range(times):
        writer.append()


def files_of(chain: Chain, day: date) -> int:
    query = f"SELECT * FROM {QUARANTINE.identifier}.files WHERE partition.landing_day = DATE '{day}'"
    return chain.spark.sql(query).count()


def test_a_file_that_no_snapshot_names_goes_after_three_days(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    data = table_folder(chain) / "data"
    young, old = data / "young.parquet", data / "old.parquet"
    for path in (young, old):
        path.write_bytes(b"x" * 5 * 2**20)
    os.utime(old, (time.time() - 4 * 86400,) * 2)
    maintain(chain, dry_run="yes")
    assert old.exists()
    capsys.readouterr()
    maintain(chain)
    assert young.exists() and not old.exists()
    young.unlink()
    before, now = re.search(r"^raw\.requests .* ([\d.]+)\n  now .* ([\d.]+)$", capsys.readouterr().out, re.MULTILINE).groups()  # type: ignore[union-attr]
    assert 4.5 < float(before) - float(now) < 5.5


def test_a_snapshot_that_lost_its_place_lately_is_kept_however_old(chain: Chain, spark: SparkSession) -> None:
    """A release of yesterday may have been made from a snapshot of last year."""
    land(chain, DAYS[0] + timedelta(days=20), 3)
    chain.publish(chain.stage("ingest", DAYS[0] + timedelta(days=20)))
    loaded = load_table(spark, USERS)
    old = published_snapshot(spark, USERS)
    cutoff = loaded.snapshot(old).timestampMillis() + 1  # type: ignore[union-attr]
    land(chain, DAYS[0] + timedelta(days=20), 2)
    chain.publish(chain.stage("ingest", DAYS[0] + timedelta(days=20)))
    loaded.refresh()  # type: ignore[union-attr]
    nobody = active_stages(spark, chain.settings.work, 0)
    found = snapshots.needless(loaded, nobody, cutoff)
    assert old not in found.snapshots


@pytest.mark.slow
def test_an_input_is_not_compacted_while_a_run_has_read_it(chain: Chain) -> None:
    """The gate would take the new files for another run's."""
    day = DAYS[0] + timedelta(days=30)
    land(chain, day, 3)
    chain.publish(chain.stage("ingest", day))
    one = read_day(chain.spark, REQUESTS, day, published_snapshot(chain.spark, REQUESTS)).limit(1)
    append_files(REQUESTS, one, day, files.MIN_FILES)
    manifest = Manifest.read(chain.spark, chain.settings.work, chain.stage("enrich", day))
    inputs = [BY_NAME[name] for name in manifest.inputs]
    maintain(chain)
    check_inputs(chain.spark, inputs, manifest)
    chain.end_stages()
    maintain(chain)
    with pytest.raises(DataFailed, match=f"raw.requests of {day} was published anew after stage enrich had read it"):
        check_inputs(chain.spark, inputs, manifest)


def test_a_table_of_an_older_lake_keeps_few_metadata_files_from_the_next_upkeep_on(chain: Chain, spark: SparkSession) -> None:
    land(chain, DAYS[0], 3)
    chain.publish(chain.stage("ingest", DAYS[0]))
    name = "write.metadata.delete-after-commit.enabled"
    spark.sql(f"ALTER TABLE {REQUESTS.identifier} UNSET TBLPROPERTIES ('{name}')")
    maintain(chain, dry_run="yes")
    assert name not in load_table(spark, REQUESTS).properties()  # type: ignore[union-attr]
    maintain(chain)

    def metadata_files() -> int:
        folder = f"{load_table(spark, REQUESTS).location()}/metadata"  # type: ignore[union-attr]
        return sum(entry.name.endswith(".metadata.json") for entry in list_folder(spark, folder))

    before = metadata_files()
    for number in range(25):
        spark.sql(f"ALTER TABLE {REQUESTS.identifier} SET TBLPROPERTIES ('number'='{number}')")
    spark.sql(f"ALTER TABLE {REQUESTS.identifier} UNSET TBLPROPERTIES ('number')")
    assert metadata_files() <= max(before, 21)
