"""After an erasure nothing of the user is found by a search of its own; all others are as on a landing without the user's lines."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.audit_raw_logs import job as audit_raw_logs
from spark_jobs.audit_raw_logs.raw_lines import LINE_END
from spark_jobs.compare_live import job as compare_live
from spark_jobs.erase import finish
from spark_jobs.erase.at_work import require_nobody_at_work
from spark_jobs.erase.begin import put_on_list
from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import read_key
from spark_jobs.erased_users.listed import read_list
from spark_jobs.erased_users.schema import ERASED
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.ingest.schema import LEDGER, REQUESTS
from spark_jobs.lake.errors import DataFailed, InputMissing, TryAgain, WrongUsage
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.reading import day_fingerprint, published_snapshot
from spark_jobs.lake.staging import append
from spark_jobs.stream_requests import schema as live_schema
from tests.integration.chain import STAGES, Chain, arguments, csvs
from tests.integration.erasing import Erasing
from tests.integration.traces import files_with
from tests.integration.user_to_erase import HUB_LIMIT, ONE, OTHER, THREE, TWO, USER, land
from tests.landing import Landing
from tests.live import Live
from tests.oracle import oracle
from tests.oracle.settings import OracleSettings

pytestmark = pytest.mark.slow


@dataclass
class Home:
    chain: Chain
    erasing: Erasing
    without: Path  # a landing that never held the user
    before: dict[str, Any]

    @property
    def folders(self) -> list[Path]:
        """All that lies in the home but what has landed, and the lake of the tests' session."""
        return [self.warehouse, *[path for path in self.chain.settings.home.iterdir() if path.name != "landing"]]

    @property
    def warehouse(self) -> Path:
        return Path(str(self.chain.spark.conf.get("spark.sql.catalog.lake.warehouse")).removeprefix("file://"))


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def home(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Two days with the user that have run and one without whose ingest has, a stream, logs and findings."""
    folder = tmp_path_factory.mktemp("erased")
    spark.sql(f"DROP TABLE IF EXISTS {ERASED.identifier} PURGE")
    warehouse = str(spark.conf.get("spark.sql.catalog.lake.warehouse"))
    chain = Chain(spark, folder, max_users_per_ip=HUB_LIMIT, max_quarantined_share=0.5, warehouse_uri=warehouse)
    land(chain.landing, with_user=True)
    land(Landing(folder.parent / f"{folder.name}-without/landing"), with_user=False)
    live = Live(spark, folder)
    for day in (ONE, TWO):
        chain.run(day, audited=False)
    chain.publish(chain.stage("ingest", THREE))
    live.stream()
    detail = f"e.g. [{{'user_id': '{USER}'}}]"
    said = (ONE, "ingest", "r", "b", datetime(2021, 3, 1, tzinfo=UTC), "raw.users", "x", "warning", False, 1, detail, "0")
    append(spark, GATE_RESULTS, spark.createDataFrame([said], GATE_RESULTS.schema))
    for path, content in {
        "logs/runs/a.log": f"kept\nfailed for {USER}.\nkept too\n".encode(),
        "logs/old.log.gz": gzip.compress(f"a line of {USER}".encode()),
        "reports/raw_log_audit/dt=2021-03-01/x_1/part-00000": f'{{"user_id": "{USER}"}}\n'.encode(),
        "reports/.versions/2021-03-01-20210302T000000Z-abcdef/user_daily.csv": f"2021-03-01,{USER},1\n".encode(),
        "work/checkpoints/x/part": USER.encode(),
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    spark.sql(f"ALTER TABLE {REQUESTS.identifier} CREATE TAG of_somebody")
    before = {name: day_fingerprint(spark, table, THREE, published_snapshot(spark, table)) for name, table in BY_NAME.items()}
    yield Home(chain, Erasing(chain, patch), folder.parent / f"{folder.name}-without/landing", before)
    spark.sql(f"DROP TABLE IF EXISTS {ERASED.identifier} PURGE")
    for table in live_schema.ALL:
        spark.sql(f"DROP TABLE IF EXISTS {table.identifier}")
    spark.sparkContext._jsc.hadoopConfiguration().unset(LINE_END)  # type: ignore[attr-defined]


def test_an_erasure_waits_for_stages_at_work_and_changes_nothing(home: Home, spark: SparkSession) -> None:
    branch = home.chain.stage("ingest", ONE)
    with pytest.raises(
        TryAgain, match=f"stages, exports or the upkeep are at work, or were killed in the last day:\n  .*/branches/{branch}\n"
    ):
        home.erasing.step("begin", USER)
    assert read_list(spark) == []
    # As the message says of a run that is dead; the branches stay in the tables.
    folder = Path(home.chain.settings.work.removeprefix("file://")) / "branches" / branch
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert branch in load_table(spark, REQUESTS).refs()  # type: ignore[union-attr]


@pytest.mark.parametrize("gone", ["_SUCCESS", "u.json"])
def test_a_day_whose_files_are_gone_is_told_before_anything_changes(home: Home, spark: SparkSession, gone: str) -> None:
    """A marker alone would be an empty day: the rows of all others would go with the releases before the erasure."""
    path = home.chain.landing.folder("users", TWO) / gone
    away = path.rename(path.parent.parent / gone)
    try:
        with pytest.raises(
            InputMissing, match=rf"tables or reports of 2021-03-02\. A day is (?s:.*)users/dt=2021-03-02/{gone}\n(?s:.*)Nothing was"
        ):
            home.erasing.step("begin", USER)
    finally:
        away.rename(path)
    assert read_list(spark) == []


@pytest.mark.parametrize("name", ["", " ", "-", "a\nb", "\x7f"])
def test_what_can_be_no_users_name_is_refused(home: Home, name: str) -> None:
    with pytest.raises(WrongUsage, match="ERASE_USER holds no name that a user can have"):
        home.erasing.step("begin", name)


def run_with_the_gate_of_ingest(chain: Chain, day: date) -> None:
    """The gate of the stage that leaves lines out; the others' see nothing of an erasure."""
    branch = chain.stage("ingest", day)
    chain.gate("ingest", day, branch)
    for stage in STAGES[1:]:
        chain.publish(chain.stage(stage, day))
    chain.export(day)


class Crash(Exception):
    """A crash between two steps."""


def crash(*arguments: object) -> None:
    raise Crash


@pytest.mark.fault(fault="crash", where="an erasure, at each of its steps", promised="complete in the end, and told so")
def test_after_crashes_at_every_step_the_erasure_is_complete_and_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    found = files_with(home.folders, USER, but=OTHER)
    assert {ending for path in found for ending in [path.rpartition(".")[2]]} >= {"parquet", "avro", "csv", "html", "log", "gz"}
    began = home.erasing.step("begin", USER)
    assert began["days"] == [str(ONE), str(TWO)]
    with pytest.raises(DataFailed, match=r"there are still rows of the user in raw\.requests of 2021-03-01"):
        home.erasing.step("finish", USER)
    home.chain.run(TWO, audited=False)
    assert home.erasing.step("begin", USER)["days"] == [str(ONE)]  # TWO has a release since
    run_with_the_gate_of_ingest(home.chain, ONE)
    for step in ("records.blank_gate_results", "clean_logs", "landed_with"):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Crash):
            patch.setattr(f"{finish.__name__}.{step}", crash)
            home.erasing.step("finish", USER)
    finished = home.erasing.step("finish", USER)
    receipt = finished["document"]
    assert receipt["complete"] and receipt["was_there"]
    assert receipt["search"] == {"found": {}, "mentions": {}}
    assert receipt["rows_removed"]["raw.requests"] == 8 and receipt["rows_removed"]["raw.users"] == 2
    assert receipt["rows_removed"]["raw.quarantine"] == 6 and receipt["rows_removed"]["mart.user_daily"] == 2
    assert {day: release is not None for day, release in receipt["days"].items()} == {str(ONE): True, str(TWO): True}
    assert receipt["landing"]["lines"] == {
        f"_corrections/requests/dt={TWO}/fixes.jsonl": 2,
        f"requests/dt={ONE}/a.log": 5,
        f"requests/dt={TWO}/a.log": 6,
        f"requests/dt={TWO}/late.log": 1,
        **{f"users/dt={day}/{name}.json": 1 for day in (ONE, TWO) for name in "uv"},
        **{f"profiles/dt={day}/p.csv.gz": 1 for day in (ONE, TWO)},
    }
    assert receipt["removed"]["log lines"] == receipt["removed"]["log files"] == receipt["removed"]["details of gates"] == 1
    assert len(receipt["earlier_tries"]) == 1
    captured = capsys.readouterr()
    assert USER not in captured.out + captured.err + json.dumps(finished)


@pytest.mark.fault(fault="an erasure", where="read by another search", promised="nothing of the user is left")
def test_a_search_of_its_own_finds_nothing(home: Home) -> None:
    assert files_with(home.folders, USER, but=OTHER) == []
    assert len(files_with(home.folders, OTHER)) > 20
    log = home.chain.settings.home / "logs/runs/a.log"
    assert log.read_text() == "kept\n(a line that an erasure has removed)\nkept too\n"


@pytest.mark.fault(fault="an erasure", where="the days that ran again", promised="those of a landing without the user")
@pytest.mark.parametrize("day", [ONE, TWO])
def test_the_days_are_those_of_a_landing_without_the_user(home: Home, day: date) -> None:
    assert csvs(home.chain.report(day)) == oracle.compute(home.without, day, OracleSettings(max_users_per_ip=HUB_LIMIT)).csv


def test_other_days_are_untouched_and_only_the_newest_snapshots_stay(home: Home, spark: SparkSession) -> None:
    assert home.before == {name: day_fingerprint(spark, table, THREE, published_snapshot(spark, table)) for name, table in BY_NAME.items()}
    for table in BY_NAME.values():
        assert spark.table(f"{table.identifier}.snapshots").count() == 1
        assert [row.name for row in spark.table(f"{table.identifier}.refs").collect()] == ["main"]


@pytest.mark.fault(fault="an erasure", where="the next run of a day", promised="the user stays away; the ledger balances")
def test_a_run_of_the_day_does_not_bring_the_user_back_and_its_ledger_balances(home: Home, spark: SparkSession) -> None:
    day = TWO
    before = csvs(home.chain.report(day))
    assert csvs(home.chain.run(day, audited=False)) == before
    wanted = oracle.compute(home.chain.landing.root, day, OracleSettings(max_users_per_ip=HUB_LIMIT, erased=frozenset({USER})))
    assert wanted.csv == before
    names = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "erased")
    found = home.chain.summary(day)["datasets"]
    assert found == {dataset: {name: getattr(counts, name) for name in names} for dataset, counts in wanted.counts.items()}
    assert {dataset: counts["erased"] for dataset, counts in found.items()} == {
        "users": 2, "requests": 8, "profiles": 1,
    }  # fmt: skip
    rows = spark.table(LEDGER.identifier).where(F.col("landing_day") == str(day)).collect()
    assert all(row.lines == row.accepted + row.late + row.quarantined + row.duplicates + row.dropped + row.erased for row in rows)
    assert sum(row.corrected for row in rows) == 1


def test_the_stream_begins_anew_without_the_user(home: Home, spark: SparkSession) -> None:
    live = Live(spark, home.chain.settings.home)
    live.stream()
    assert {row.user_id for row in live.rows(live_schema.USER_TOTALS)} >= {"u1", OTHER}
    rows = live.rows(live_schema.LEDGER)
    assert sum(row.erased for row in rows) == 12
    assert all(row.lines == row.accepted + row.quarantined + row.duplicates + row.erased for row in rows)
    assert all(USER not in str(row).replace(OTHER, "") for table in live_schema.ALL for row in live.rows(table))


def test_the_stream_is_compared_with_days_that_have_run_since(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    compare_live.main(arguments(day=TWO, days=2, streamed_at=datetime.now(UTC).isoformat(), top=5))
    told = capsys.readouterr().out
    assert re.search(rf"{ONE}: snapshots of release .* have expired; nothing to compare before its next release", told)
    assert f"{TWO}: 1 users have more requests" in told and "no more than its 1 corrected lines explain" in told


def audit(home: Home, findings: Path) -> None:
    limits = {
        "late_days": 2,
        "max_line_bytes": 2**20,
        "max_file_bytes": 2**30,
        "max_users_per_ip": 5,
        "top": 7,
        "max_hops": 2,
        "checkpoint_every": 1,
    }
    chosen = home.chain.settings
    places = {"landing_uri": chosen.landing, "work_uri": chosen.work, "findings_uri": findings.as_uri()}
    audit_raw_logs.main(arguments({"day": TWO, "partitions": 2, "erasure_key_file": chosen.erasure_key}, places, limits))


def test_the_audit_of_the_landed_logs_counts_them_too(home: Home, tmp_path: Path) -> None:
    audit(home, tmp_path / "findings")
    assert OTHER in (found := "".join(path.read_text() for path in (tmp_path / "findings").glob("part-*")))
    assert USER not in found.replace(OTHER, "")


def test_without_the_key_that_made_the_list_no_day_runs(home: Home) -> None:
    key = home.chain.settings.erasure_key
    text = key.read_text()
    key.chmod(0o644)
    with pytest.raises(WrongUsage, match=f"{key} has the mode 0644"):
        home.chain.stage("ingest", THREE)
    key.write_text("0" * 64)
    key.chmod(0o600)
    with pytest.raises(InputMissing, match=r"is not the key with which ops\.erased was written, so erased users would come back"):
        home.chain.stage("ingest", THREE)
    key.unlink()
    with pytest.raises(InputMissing, match="cannot be read"):
        home.chain.stage("ingest", THREE)
    with pytest.raises(InputMissing, match="cannot be read"):
        home.erasing.step("begin", USER)
    key.write_text(text)
    key.chmod(0o600)


def test_to_erase_again_finds_nothing_in_the_lake_and_only_the_landing(home: Home, spark: SparkSession) -> None:
    listed = read_list(spark)
    receipt = home.erasing.erase(USER)
    assert (receipt["days"], receipt["rows_removed"], receipt["complete"]) == ({}, {}, True)
    assert len(receipt["landing"]["lines"]) == 10
    assert read_list(spark) == listed


def test_a_user_who_is_nowhere_gets_a_receipt_that_says_so(home: Home, spark: SparkSession) -> None:
    receipt = home.erasing.erase("nobody-of-that-name")
    assert (receipt["was_there"], receipt["days"], receipt["landing"]["lines"]) == (False, {}, {})
    assert receipt["complete"] and "nobody-of" not in json.dumps(receipt)
    assert len([one for one in read_list(spark) if not one.is_form]) == 2
    assert len(home.chain.settings.erasure_key.read_text().strip()) == 64


@pytest.mark.fault(fault="an erasure", where="between ingest and its gate", promised="refused; the user does not come back")
def test_what_was_staged_before_the_list_grew_is_refused(home: Home, spark: SparkSession) -> None:
    branch = home.chain.stage("ingest", THREE)
    put_on_list(spark, Name(OTHER), read_key(home.chain.settings.erasure_key), "r")
    before = published_snapshot(spark, REQUESTS)
    with pytest.raises(DataFailed, match="a user was erased after this run had read the list of erased users"):
        home.chain.gate("ingest", THREE, branch)
    assert published_snapshot(spark, REQUESTS) == before
    require_nobody_at_work(spark, home.chain.settings.work)  # the erasure does not wait for what was refused


@pytest.mark.fault(fault="an erasure", where="while the audit is at work", promised="its findings go; it is run again")
def test_findings_from_before_the_list_grew_are_removed(
    home: Home, spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = audit_raw_logs.save

    def save_then_erase(*arguments: Any) -> None:
        real(*arguments)
        put_on_list(spark, Name("u1"), read_key(home.chain.settings.erasure_key), "r")

    monkeypatch.setattr(audit_raw_logs, "save", save_then_erase)
    with pytest.raises(TryAgain, match="a user was erased while the audit was at work; its findings were removed"):
        audit(home, tmp_path / "findings")
    assert not (tmp_path / "findings").exists()
