"""Every job is cut off at each named point and tried again; main never shows an unaudited row, and the day ends in the oracle's tables."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake import failpoints
from tests.faults.armed import armed
from tests.faults.days import land
from tests.faults.jobs import POINTS, run_job
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, kept, no_unaudited_row, published
from tests.faults.reader import Reader
from tests.integration.chain import Chain

# Each test has a day of its own, since the session's tables stay.
DAYS = (date(2051, 1, 1) + timedelta(days=7 * number) for number in itertools.count())


@pytest.fixture
def chain(spark: SparkSession, tmp_path: Path) -> Chain:
    return Chain(spark, tmp_path)


@pytest.mark.fault(
    fault="crash",
    where="every job, at each of its points in turn",
    promised="main unaudited never; its next try ends in the oracle's tables",
)
@pytest.mark.slow
def test_every_job_is_cut_off_at_each_of_its_points(chain: Chain, lake_home: Path, tmp_path: Path) -> None:
    day, reader = next(DAYS), Reader(lake_home, tmp_path / "work")
    land(chain.landing, day)
    acknowledged: dict[str, list[int]] = {}
    for job, points in POINTS.items():
        for point in points:  # each try is cut off one step further than the one before
            with armed(f"{point}:raise"), pytest.raises(failpoints.Crash, match=point):
                run_job(chain, job, day)
            no_unaudited_row(reader, day)
            acknowledged = kept(acknowledged, published(reader, day))
        run_job(chain, job, day)
    tried_again = chain.report(day)
    no_unaudited_row(reader, day)
    equal_to_the_oracle(chain.landing.root, day, tried_again)
    every_line_accounted_for(reader, chain.landing.root, day)
    kept(acknowledged, published(reader, day))
    equal_to_the_oracle(chain.landing.root, day, chain.run(day))


def test_a_gate_that_was_cut_off_between_two_tables_is_simply_run_again(chain: Chain, lake_home: Path, tmp_path: Path) -> None:
    """Publishing again changes nothing: the tables that were out already stay as they are."""
    day, reader = next(DAYS), Reader(lake_home, tmp_path / "work")
    land(chain.landing, day)
    branch = chain.stage("ingest", day)
    with armed("after_publish:raise:2"), pytest.raises(failpoints.Crash):
        chain.gate("ingest", day, branch)
    half = {table: snapshots for table, snapshots in published(reader, day).items() if snapshots}
    assert len(half) == 3
    for _ in range(2):
        chain.gate("ingest", day, branch)
    whole = {table: snapshots for table, snapshots in published(reader, day).items() if snapshots}
    assert len(whole) == 5 and all(len(snapshots) == 1 for snapshots in whole.values())
    assert {table: whole[table] for table in half} == half


@pytest.mark.parametrize("variable", ["", "no_such_point:raise", "after_publish"])
def test_without_its_variable_a_point_is_inert(spark: SparkSession, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(failpoints.VARIABLE, variable)
    failpoints.failpoint(spark, "before_publish")
