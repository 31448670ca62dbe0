"""What asks for the promises can itself be broken: it fails where one is."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.days import land
from tests.faults.promises import COUNTS, equal_to_the_oracle, every_line_accounted_for, kept, no_unaudited_row
from tests.faults.reader import Reader, Snapshot
from tests.landing import Landing
from tests.oracle import oracle

DAY = date(2026, 11, 1)
STAGED_ID = 1
PUBLISHED = Snapshot(2, {"millrace.branch": "b", "millrace.day": str(DAY), "source-snapshot-id": str(STAGED_ID), "operation": "overwrite"})
VERDICT = {"branch": "b", "recorded_at": 1, "stage": "ingest", "table_name": "raw.users", "severity": "critical", "passed": True}


class Handmade(Reader):
    """A lake of one table, whose main has these snapshots, and of these verdicts."""

    def __init__(self, home: Path, snapshots: list[Snapshot], verdicts: list[dict[str, Any]], is_kept_up: bool = False) -> None:
        super().__init__(home, is_kept_up=is_kept_up)
        self.snapshots, self.verdicts = snapshots, verdicts

    def history(self, table: str) -> list[Snapshot]:
        return self.snapshots if table == "raw.users" else []

    def rows(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        return self.verdicts


def ask(home: Path, snapshots: list[Snapshot], *verdicts: dict[str, Any]) -> None:
    manifest = home / "work/branches/b/manifest.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"tables": {"raw.users": STAGED_ID}}))
    no_unaudited_row(Handmade(home, snapshots, list(verdicts)), DAY)


def written(operation: str, rows: int) -> Snapshot:
    return Snapshot(3, {"operation": operation, "total-records": str(rows)})


def test_what_was_audited_and_put_together_holds(tmp_path: Path) -> None:
    ask(tmp_path, [PUBLISHED], VERDICT)
    ask(tmp_path, [written("replace", 0), PUBLISHED, written("append", 0)], VERDICT)
    # A red gate that was let through when it was tried again, and one that found something else after it had published.
    ask(tmp_path, [PUBLISHED], VERDICT | {"passed": False}, VERDICT | {"recorded_at": 2})


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ([], "was published without a verdict"),
        ([VERDICT | {"table_name": "raw.requests"}], "was published without a verdict"),
        ([VERDICT | {"branch": "another"}], "was published without a verdict"),
        ([VERDICT, VERDICT | {"table_name": "raw.requests", "passed": False}], "was published although its gate was red"),
    ],
)
def test_a_day_that_was_not_audited_or_failed(tmp_path: Path, verdicts: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(AssertionError, match=f"raw.users: b {told}"):
        ask(tmp_path, [PUBLISHED], *verdicts)


def test_a_snapshot_whose_manifest_is_gone_was_audited_only_where_there_is_an_upkeep(tmp_path: Path) -> None:
    no_unaudited_row(Handmade(tmp_path, [PUBLISHED], [VERDICT], is_kept_up=True), DAY)
    with pytest.raises(FileNotFoundError):
        no_unaudited_row(Handmade(tmp_path, [PUBLISHED], [VERDICT]), DAY)


def test_another_snapshot_than_the_audited_one(tmp_path: Path) -> None:
    other = Snapshot(2, PUBLISHED.summary | {"source-snapshot-id": "7"})
    with pytest.raises(AssertionError, match=r"raw\.users: b was published after its audit"):
        ask(tmp_path, [other], VERDICT)


@pytest.mark.parametrize("snapshot", [written("append", 3), written("overwrite", 3), written("replace", 2)])
def test_rows_that_no_stage_has_made_or_that_were_lost(tmp_path: Path, snapshot: Snapshot) -> None:
    with pytest.raises(AssertionError, match=r"raw\.users: nobody knows who made snapshot 3"):
        ask(tmp_path, [snapshot, PUBLISHED], VERDICT)


class Ledger(Reader):
    """A lake of a ledger alone."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__(Path("/nowhere"))
        self.ledger = rows

    def rows(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        return self.ledger


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    land(Landing(tmp_path), DAY)
    return tmp_path


def test_a_ledger_that_misses_a_file_or_a_line_or_does_not_balance(landing: Path) -> None:
    counts = ("lines", *COUNTS, "corrected", "unmatched_corrections")
    rows = [
        {"source_file": name} | {count: getattr(counted, count) for count in counts}
        for name, counted in oracle.compute(landing, DAY).ledger.items()
    ]
    every_line_accounted_for(Ledger(rows), landing, DAY)
    first, *others = rows
    more = first["accepted"] + 1
    for wrong in ([], [first | {"accepted": more}], [first | {"accepted": more, "lines": first["lines"] + 1}]):
        with pytest.raises(AssertionError):
            every_line_accounted_for(Ledger([*wrong, *others]), landing, DAY)


def test_a_report_that_differs_in_one_byte(landing: Path) -> None:
    wanted = oracle.compute(landing, DAY).csv
    equal_to_the_oracle(landing, DAY, wanted | {"index.html": b"of no matter here"})
    for name, content in wanted.items():
        with pytest.raises(AssertionError):
            equal_to_the_oracle(landing, DAY, wanted | {name: content[:-1] + b" "})


def test_a_publication_that_has_gone() -> None:
    assert kept({"raw.users": [1]}, {"raw.users": [1, 2]}) == {"raw.users": [1, 2]}
    with pytest.raises(AssertionError):
        kept({"raw.users": [1, 2]}, {"raw.users": [2, 3]})
