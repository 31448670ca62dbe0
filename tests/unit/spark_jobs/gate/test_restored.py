"""What is not asked of a restored day: what reads the landing folder's views, and nothing else."""

from datetime import date

import pytest

from include.settings import PROJECT
from spark_jobs.gate.restored import NOT_ASKED, not_asked, without_the_landing
from spark_jobs.gate.schema import BY_NAME
from spark_jobs.gate.suites import load_suite
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.table import Table

SUITES = PROJECT / "include" / "gx" / "expectations"
OF_THE_LANDING = ("landed_lines f", "FROM blocklist b")


@pytest.mark.parametrize("table", BY_NAME.values(), ids=lambda table: table.name)
def test_exactly_what_compares_with_the_landing_is_left_out(table: Table) -> None:
    suite = load_suite(SUITES, table)
    asked = without_the_landing(suite)
    left_out = [one for one in suite.expectations if one not in asked.expectations]
    reads_the_landing = [one for one in suite.expectations if any(view in str(one["kwargs"]) for view in OF_THE_LANDING)]
    assert left_out == reads_the_landing
    assert {one["meta"]["name"] for one in left_out} == set(NOT_ASKED.get(table.name, {}))
    assert (asked.table, asked.sha256) == (suite.table, suite.sha256)


def test_the_ledger_is_still_conserved() -> None:
    asked = without_the_landing(load_suite(SUITES, BY_NAME["ops.ledger"]))
    assert {"lines_are_conserved", "late_days_sum_up", "quarantined_share_is_bearable"} <= {
        one["meta"]["name"] for one in asked.expectations
    }


def test_people_are_told_what_is_not_asked_and_why() -> None:
    restored = Manifest("ingest", date(2026, 11, 1), "run", "b", {}, {}, {}, {"ops.ledger": 1})
    assert not_asked(restored) == ["  not asked ops.ledger  lines_equal_the_landed_lines: other files may have landed since the release"]
    assert not_asked(Manifest("ingest", date(2026, 11, 1), "run", "b", {}, {}, {})) == []
