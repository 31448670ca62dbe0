"""The five promises, asked of a day by the independent reader and the oracle."""

import json
from datetime import date
from itertools import zip_longest
from pathlib import Path

from spark_jobs.gate.schema import STAGED
from tests.faults.reader import Reader, Snapshot
from tests.oracle import oracle

COUNTS = ("accepted", "late", "quarantined", "duplicates", "dropped")


def no_unaudited_row(reader: Reader, day: date) -> None:
    """(1) Every snapshot of main that a stage has made for the day is the one that it has handed to its gate, and has verdicts of its own
    suite, none of them a critical failure in one of its gate's tries; and nothing else has changed main's rows."""
    results = reader.rows("ops.gate_results")
    asked = {(row["branch"], row["stage"], row["table_name"]) for row in results}
    tries = {(row["branch"], row["recorded_at"]) for row in results}
    red = {(row["branch"], row["recorded_at"]) for row in results if row["severity"] == "critical" and not row["passed"]}
    let_through = {branch for branch, _ in tries - red}
    for stage, tables in STAGED.items():
        for table in tables:
            history = reader.history(table.name)
            for snapshot, before in zip_longest(history, history[1:]):
                if "millrace.branch" not in snapshot.summary:
                    assert keeps_the_rows(snapshot, before), f"{table.name}: nobody knows who made snapshot {snapshot.snapshot_id}"
                elif snapshot.summary["millrace.day"] == str(day):
                    branch = snapshot.summary["millrace.branch"]
                    assert (branch, stage, table.name) in asked, f"{table.name}: {branch} was published without a verdict"
                    assert branch in let_through, f"{table.name}: {branch} was published although its gate was red"
                    assert is_what_was_audited(reader, table.name, snapshot), f"{table.name}: {branch} was published after its audit"


def keeps_the_rows(snapshot: Snapshot, before: Snapshot | None) -> bool:
    """Whether it puts files together, all rows of the snapshot before, or is a table's empty beginning."""
    if snapshot.summary["operation"] == "replace":
        return before is None or snapshot.rows == before.rows
    return snapshot.rows == 0


def is_what_was_audited(reader: Reader, table: str, snapshot: Snapshot) -> bool:
    """Whether the manifest of its branch, from which the gate takes what it audits, names it; an emptied day has no name there."""
    manifest = reader.work / "branches" / snapshot.summary["millrace.branch"] / "manifest.json"
    if reader.is_kept_up and not manifest.exists():
        return True
    staged = json.loads(manifest.read_text())["tables"][table]
    return staged == snapshot.source_id or (staged is None and snapshot.summary["operation"] in ("overwrite", "delete"))


def every_line_accounted_for(reader: Reader, landing: Path, day: date) -> None:
    """(3) The ledger balances, and counts the lines that are in the landed files."""
    wanted = oracle.compute(landing, day)
    ledger = {row["source_file"]: row for row in reader.rows("ops.ledger", f"landing_day = DATE '{day}'")}
    assert ledger.keys() == wanted.ledger.keys()
    for name, row in ledger.items():
        counted = wanted.ledger[name]
        assert row["lines"] == sum(row[count] for count in COUNTS)
        known = (*COUNTS, "corrected", "unmatched_corrections")
        assert {count: row[count] for count in known} == {count: getattr(counted, count) for count in known}, name


def equal_to_the_oracle(landing: Path, day: date, report: dict[str, bytes]) -> None:
    """(2) The day's report is the oracle's, to the byte."""
    wanted = oracle.compute(landing, day).csv
    assert {name: report[name] for name in wanted} == wanted


def report_of(home: Path, day: date) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "reports" / f"dt={day}").iterdir()}


def published(reader: Reader, day: date) -> dict[str, list[int]]:
    """Per table the snapshots of main that hold a publication of the day, for (4) and (5): none may go, and a rerun of a gate adds none."""
    return {
        table.name: [snapshot.snapshot_id for snapshot in reader.history(table.name) if snapshot.summary.get("millrace.day") == str(day)]
        for tables in STAGED.values()
        for table in tables
    }


def kept(before: dict[str, list[int]], after: dict[str, list[int]]) -> dict[str, list[int]]:
    """(5) What was published, after; none of what was before has gone."""
    assert all(set(snapshots) <= set(after[table]) for table, snapshots in before.items()), (before, after)
    return after
