"""A day goes back to an earlier release through restore, gate and export; the first release's own files are the oracle."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.gate.restored import SAME_ROWS
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS, READ, STAGED
from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.errors import DataFailed, InputMissing, WrongUsage
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.reading import current_snapshot, day_fingerprint, published_snapshot, read_day
from spark_jobs.lake.staging import stage_day
from spark_jobs.maintain import job as maintain
from spark_jobs.release_diff import job as release_diff
from spark_jobs.releases import job as releases
from spark_jobs.restore import job as restore
from tests.integration.chain import STAGES, Chain, arguments, csvs

DAY, OTHER = date(2027, 2, 3), date(2027, 2, 2)
REQUESTS = [*[f"{DAY}T1{n}:00:00Z u{n} 192.0.2.{n} /a.html" for n in range(5)], f"{DAY}T15:00:00Z u4 192.0.2.9 /b.png"]
USERS = [{"user_id": f"u{n}", "age": 18 + n, "gender": "f"} for n in range(4)]
PROFILES = [f"u{n},x" for n in range(3)]


@dataclass
class Releases:
    """Two releases of DAY, and the first one's files."""

    chain: Chain
    first: str
    second: str
    files: dict[str, bytes]


def land(chain: Chain, day: date) -> None:
    chain.landing.requests(day, "a.log", [line.replace(str(DAY), str(day)) for line in REQUESTS])
    chain.landing.users(day, "u.json", USERS)
    chain.landing.profiles(day, "p.csv", PROFILES)
    chain.landing.complete(day)


@pytest.fixture(scope="module")
def released(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The second release has another request of u1, one request less of u4, no u3, an older u0, and a blocklist that bars u2."""
    chain = Chain(spark, tmp_path_factory.mktemp("home"))
    land(chain, DAY)
    files = chain.run(DAY, audited=False)
    first = chain.summary(DAY)["release"]
    land(chain, OTHER)
    chain.run(OTHER, audited=False)
    chain.landing.requests(DAY, "a.log", [*REQUESTS[:5], f"{DAY}T20:00:00Z u1 192.0.2.1 /a.html"])
    chain.landing.users(DAY, "u.json", [{**USERS[0], "age": 30}, *USERS[1:3]])
    chain.landing.blocklist(["u2"])
    assert csvs(chain.run(DAY, audited=False)) != csvs(files)
    return Releases(chain, first, chain.summary(DAY)["release"], files)


def diff(released: Releases, before: str, after: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """The counts that are told of each table: rows before and after, added, removed, changed."""
    capsys.readouterr()
    release_diff.main(["--day", str(DAY), "--from", before, "--to", after])
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines[2:] if not line.startswith(" ")}


def test_the_releases_are_listed_the_newest_last(released: Releases, capsys: pytest.CaptureFixture[str]) -> None:
    releases.main(["--day", str(DAY)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][:2] == ["day", "release"]
    assert [(line[0], line[1], line[-3], line[-1]) for line in lines[1:3]] == [
        (str(DAY), name, "tests", "kept") for name in (released.first, released.second)
    ]


def test_a_diff_counts_rows_by_key_or_as_multisets(released: Releases, capsys: pytest.CaptureFixture[str]) -> None:
    there = diff(released, released.first, released.second, capsys)
    assert there == {
        "raw.requests": ["6", "6", "1", "1", "-"],
        "raw.users": ["4", "3", "0", "1", "1"],
        "raw.profiles": ["3", "3", "0", "0", "0"],
        "raw.quarantine": ["0", "0", "0", "0", "-"],
        "ops.ledger": ["3", "3", "0", "0", "1"],
        # u2 is barred, u0 has another age, u3 is no known user any more; u4's second request went, u1 has one more.
        "core.activity": ["6", "5", "3", "4", "-"],
        # u2 went; u0's age, u1's requests, u3's age and gender, u4's requests.
        "mart.user_daily": ["5", "4", "0", "1", "4"],
        "mart.young_by_gender": ["1", "1", "0", "0", "1"],
        # those of u2 and of u4's second request went; u1's has one more.
        "mart.ip_users_daily": ["6", "4", "0", "2", "1"],
        # png went with u4's request; html: five less u2's and one more are five again.
        "mart.file_types_daily": ["2", "1", "0", "1", "0"],
        # a request alone makes ten windows of its own; three kept, u2's and u4's second went, u1's second came.
        "mart.top_users_by_window": ["60", "50", "10", "20", "0"],
        # u2, its address and u4's second address went; the cluster of u4 and its first address is smaller.
        "mart.identities": ["11", "8", "0", "3", "2"],
    }
    back = diff(released, released.second, released.first, capsys)
    assert {name: [one[1], one[0], one[3], one[2], one[4]] for name, one in back.items()} == there
    assert {tuple(one[2:4]) for one in diff(released, released.first, released.first, capsys).values()} == {("0", "0")}


def test_a_rollback_is_a_new_release_with_the_old_rows_and_leaves_other_days_alone(
    released: Releases, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = released.chain
    others = {name: day_fingerprint(spark, table, OTHER, published_snapshot(spark, table)) for name, table in BY_NAME.items()}
    (chain.landing.folder("requests", DAY) / "a.log").unlink()  # nothing of it depends on what has landed
    for audited in (STAGES, ()):  # the second time from the restored day itself
        before = chain.summary(DAY)["release"]
        assert csvs(chain.rollback(DAY, released.first, audited)) == csvs(released.files)
        assert chain.summary(DAY)["release"] != before
    assert others == {name: day_fingerprint(spark, table, OTHER, published_snapshot(spark, table)) for name, table in BY_NAME.items()}
    assert {tuple(one[2:4]) for one in diff(released, released.first, chain.summary(DAY)["release"], capsys).values()} == {("0", "0")}
    for stage in STAGES:
        manifest = Manifest.read(spark, chain.settings.work, chain.branches[stage, DAY])
        assert set(manifest.inputs) == {table.name for table in READ[stage]}
        assert set(manifest.restored) == {table.name for table in STAGED[stage]}
    results = spark.table(GATE_RESULTS.identifier).where((F.col("day") == str(DAY)) & (F.col("expectation") == SAME_ROWS))
    assert results.where("passed").count() == results.count() == len(BY_NAME)
    assert csvs(chain.rollback(DAY, released.second, audited=())) != csvs(released.files)  # and forward again


def test_each_stage_reads_what_the_restored_one_names_as_its_inputs(released: Releases, spark: SparkSession) -> None:
    for stage in STAGES:
        manifest = Manifest.read(spark, released.chain.settings.work, released.chain.stage(stage, OTHER))
        assert set(manifest.inputs) == {table.name for table in READ[stage]}
        assert manifest.restored == {}


def one_row_less(frame: DataFrame) -> DataFrame:
    return frame.orderBy("event_ts").offset(1)


def one_row_twice(frame: DataFrame) -> DataFrame:
    return frame.unionByName(frame.orderBy("event_ts").limit(1))


@pytest.mark.parametrize("tamper", [one_row_less, one_row_twice], ids=lambda tamper: tamper.__name__)
def test_rows_that_are_not_the_releases_are_not_published(released: Releases, spark: SparkSession, tamper) -> None:
    chain, (activity,) = released.chain, STAGED["enrich"]
    restored = Manifest.read(spark, chain.settings.work, chain.restore("enrich", DAY, released.first))
    branch = f"{restored.branch}_tampered"
    at = restored.restored[activity.name]
    inputs = {BY_NAME[name]: snapshot_id for name, snapshot_id in restored.inputs.items()}
    tried = StageTry("enrich", DAY, "tests", branch, chain.settings.work)
    stage_day(spark, tried, {activity: tamper(read_day(spark, activity, DAY, at))}, inputs, restored={activity: at})
    before = current_snapshot(spark, activity)
    with pytest.raises(DataFailed, match=f"core.activity  {SAME_ROWS}: 1 rows"):
        chain.gate("enrich", DAY, branch)
    assert current_snapshot(spark, activity) == before


def test_a_run_that_comes_in_between_two_stages_of_a_rollback_ends_it(released: Releases) -> None:
    """Else its stages before would be that run's, those after the release's."""
    chain = released.chain
    ingest = chain.restore("ingest", DAY, released.first)
    chain.publish(ingest)
    chain.restore("enrich", DAY, released.first, [ingest])
    chain.publish(chain.stage("ingest", DAY))
    with pytest.raises(DataFailed, match=f"raw.requests of {DAY} was published anew since this run's gate published it"):
        chain.restore("enrich", DAY, released.first, [ingest])


def test_every_other_expectation_is_asked_of_a_restored_day(released: Releases) -> None:
    """A release that the limits of today would not let through stays out, whatever let it through then."""
    stricter = Chain(released.chain.spark, released.chain.settings.home, young_below_years=19)
    with pytest.raises(DataFailed, match=r"mart\.young_by_gender  sums_equal_users_and_activity"):
        stricter.rollback(DAY, released.first, audited=["aggregate"])


def test_a_release_that_is_none_of_the_day_is_told_with_those_that_are(released: Releases) -> None:
    unknown = f"{DAY}-20270204T000000Z-ffffff"
    with pytest.raises(
        InputMissing, match=f"{DAY} has no release {unknown}; it has [0-9]+, the newest last: {released.first}, {released.second}"
    ):
        released.chain.restore("ingest", DAY, unknown)
    with pytest.raises(InputMissing, match=r"2027-02-09 has no release .*; it has none at all: run the day first"):
        released.chain.restore("ingest", date(2027, 2, 9), f"2027-02-09{unknown[10:]}")
    with pytest.raises(WrongUsage, match=f"{released.first} is a release of {DAY} and not of {OTHER}"):
        released.chain.restore("ingest", OTHER, released.first)


@pytest.mark.parametrize("changed", [{"release": "latest"}, {"release": f"{DAY}"}, {"day": "2027-2-3"}, {"stage": "export_reports"}])
def test_wrong_arguments(changed: dict[str, str]) -> None:
    right = {
        "stage": "ingest",
        "day": DAY,
        "release": f"{DAY}-20270204T000000Z-ffffff",
        "run_id": "r",
        "branch": "b",
        "work_uri": "file:/w",
        "branches": "none",
    }
    restore.build_parser().parse_args(arguments(right))
    with pytest.raises(SystemExit) as stop:
        restore.build_parser().parse_args(arguments(right, **changed))
    assert stop.value.code == 64


@pytest.mark.slow
def test_an_empty_release_comes_back_as_an_empty_day(spark: SparkSession, tmp_path: Path) -> None:
    chain, day = Chain(spark, tmp_path), date(2027, 3, 1)
    chain.landing.complete(day)
    empty = chain.run(day, audited=False)
    release = chain.summary(day)["release"]
    land(chain, day)
    assert csvs(chain.run(day, audited=False)) != csvs(empty)
    assert csvs(chain.rollback(day, release, audited=["enrich", "identities"])) == csvs(empty)
    assert Manifest.read(spark, chain.settings.work, chain.branches["enrich", day]).tables == {"core.activity": None}


@pytest.mark.slow
def test_expired_snapshots_are_refused_before_anything_is_staged(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain, day, table = Chain(spark, tmp_path), date(2027, 4, 1), BY_NAME["mart.identities"]
    land(chain, day)
    chain.run(day, audited=False)
    summary = chain.summary(day)
    expired = summary["tables"][table.name]["snapshot_id"]
    for branch in [row.name for row in spark.table(f"{table.identifier}.refs").where("type = 'BRANCH' AND name <> 'main'").collect()]:
        spark.sql(f"ALTER TABLE {table.identifier} DROP BRANCH {branch}")
    land(chain, day)
    chain.run(day, audited=False)
    spark.sql(f"CALL lake.system.expire_snapshots(table => '{table.name}', snapshot_ids => array({expired}))")
    with pytest.raises(InputMissing) as refused:
        chain.restore("ingest", day, summary["release"])
    assert f"mart.identities: snapshot {expired} has expired" in str(refused.value)
    assert f"make releases DAY={day}" in str(refused.value)
    assert ("ingest", day) in chain.branches and "restore" not in chain.branches["ingest", day]
    with pytest.raises(InputMissing, match="has expired"):
        release_diff.main(["--day", str(day), "--from", summary["release"], "--to", chain.summary(day)["release"]])
    capsys.readouterr()
    releases.main(["--day", str(day)])
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]] == ["expired", "kept"]


@pytest.mark.slow
@pytest.mark.fault(fault="upkeep", where="beside a rollback", promised="the rollback ends in its release")
def test_the_upkeep_leaves_a_rollback_at_work_what_its_later_stages_read(released: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = released.chain
    chain.end_stages()
    branches = [chain.restore("ingest", DAY, released.first)]
    chain.publish(branches[0])
    monkeypatch.setattr(maintain, "DAY_SECONDS", 0)
    maintain.main(arguments(work_uri=chain.settings.work, keep_days=1, dry_run="no"))
    with pytest.raises(InputMissing, match="expired"):
        chain.restore("ingest", DAY, released.second)
    for stage in STAGES[1:]:
        branches.append(chain.restore(stage, DAY, released.first, branches))
        chain.publish(branches[-1])
    assert csvs(chain.export(DAY)) == csvs(released.files)
