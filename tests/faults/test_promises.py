"""What asks for the promises can itself be broken: it fails where one is."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.ingest.schema import LEDGER
from tests.faults.promises import is_what_was_audited, keeps_the_rows, no_unaudited_row
from tests.faults.reader import Reader, Snapshot
from tests.integration.chain import Chain

AUDITED, UNAUDITED = date(2063, 1, 1), date(2063, 2, 1)


@pytest.fixture
def chain(spark: SparkSession, lake_home: Path) -> Chain:
    """Beside the session's lake, so that a reader of its home finds the manifests too."""
    return Chain(spark, lake_home)


class Forgetful(Reader):
    """A reader of a lake in which a table's verdicts were never recorded."""

    def rows(self, table: str, where: str = "true") -> list[dict[str, object]]:
        return [row for row in super().rows(table, where) if row.get("table_name") != LEDGER.name]


def test_a_day_is_published_unaudited(chain: Chain, lake_home: Path) -> None:
    for day in (AUDITED, UNAUDITED):
        chain.landing.requests(day, "a.log", [f"{day}T10:00:00Z u1 192.0.2.1 /a.html"])
        chain.landing.users(day, "u.json", [{"user_id": "u1"}])
        chain.landing.complete(day)
        branch = chain.stage("ingest", day)
        if day == AUDITED:
            chain.gate("ingest", day, branch)
        else:
            chain.publish(branch)
    no_unaudited_row(Reader(lake_home), AUDITED)
    with pytest.raises(AssertionError, match=r"raw.requests: .* was published without a verdict"):
        no_unaudited_row(Reader(lake_home), UNAUDITED)
    with pytest.raises(AssertionError, match=f"{LEDGER.name}: .* was published without a verdict"):
        no_unaudited_row(Forgetful(lake_home), AUDITED)


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    manifest = tmp_path / "work/branches/b/manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"tables": {"raw.users": 1, "raw.ledger": None}}))
    yield Snapshot(2, {"millrace.branch": "b", "source-snapshot-id": "1", "operation": "overwrite"})


def test_another_snapshot_than_the_audited_one_is_published(snapshot: Snapshot, tmp_path: Path) -> None:
    assert is_what_was_audited(Reader(tmp_path), "raw.users", snapshot)
    other = Snapshot(3, snapshot.summary | {"source-snapshot-id": "7"})
    assert not is_what_was_audited(Reader(tmp_path), "raw.users", other)


def test_rows_are_lost_while_files_are_put_together() -> None:
    before = Snapshot(1, {"operation": "append", "total-records": "3"})
    assert keeps_the_rows(Snapshot(2, {"operation": "replace", "total-records": "3"}), before)
    assert not keeps_the_rows(Snapshot(2, {"operation": "replace", "total-records": "2"}), before)
    assert not keeps_the_rows(before, None)
