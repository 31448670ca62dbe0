"""A job is cut off at each named point; main never shows an unaudited row meanwhile, and a plain rerun ends in the oracle's tables."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake import failpoints
from tests.faults.days import land
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, no_unaudited_row, published
from tests.faults.reader import Reader
from tests.integration.chain import STAGES, Chain

# Each test has a day of its own, since the session's tables stay.
DAYS = (date(2051, 1, 1) + timedelta(days=7 * number) for number in itertools.count())
STAGE_POINTS = ("before_stage_commit", "after_stage_commit", "before_manifest", "after_manifest")
GATE_POINTS = ("before_publish", "after_publish")
EXPORT_POINTS = ("before_report", "after_report", "after_release")
POINTS = {
    **dict.fromkeys(STAGES, STAGE_POINTS),
    **dict.fromkeys([f"gate_{stage}" for stage in STAGES], GATE_POINTS),
    "export_reports": EXPORT_POINTS,
}
# In make test: between two tables, and between files and record; all others take their time.
QUICK = [("ingest", "after_stage_commit"), ("gate_ingest", "after_publish"), ("export_reports", "after_report")]
CUTS = [
    *[pytest.param(job, (point,), id=f"{job}-{point}") for job, point in QUICK],
    *[pytest.param(job, points, id=job, marks=pytest.mark.slow) for job, points in POINTS.items()],
]


@pytest.fixture
def chain(spark: SparkSession, tmp_path: Path) -> Chain:
    return Chain(spark, tmp_path)


@pytest.mark.fault(fault="crash", where="{job}, {points}", promised="main unaudited never; a rerun ends in the oracle's tables")
@pytest.mark.parametrize(("job", "points"), CUTS)
def test_a_job_that_is_cut_off(chain: Chain, lake_home: Path, job: str, points: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    day, reader = next(DAYS), Reader(lake_home)
    land(chain.landing, day)
    acknowledged: dict[str, list[int]] = {}
    for point in points:  # each try is cut off one step further than the one before
        with monkeypatch.context() as patch:
            crash_in(patch, chain, job, point)
            with pytest.raises(failpoints.Crash, match=point):
                chain.run(day) if point == points[0] else chain.resume(job, day)
        no_unaudited_row(reader, day)
        acknowledged = kept(acknowledged, published(reader, day))
    report = chain.run(day)
    no_unaudited_row(reader, day)
    equal_to_the_oracle(chain.landing.root, day, report)
    every_line_accounted_for(reader, chain.landing.root, day)
    kept(acknowledged, published(reader, day))


def kept(before: dict[str, list[int]], after: dict[str, list[int]]) -> dict[str, list[int]]:
    """The snapshots after; none of those before has gone."""
    assert all(set(snapshots) <= set(after[table]) for table, snapshots in before.items()), (before, after)
    return after


def crash_in(patch: pytest.MonkeyPatch, chain: Chain, job: str, point: str) -> None:
    """Set the failpoint for one job of the chain only."""
    name = "gate" if job.startswith("gate_") else "export" if job == "export_reports" else "stage"
    real: Callable[..., object] = getattr(chain, name)

    def armed(*arguments: object) -> object:
        is_it = job in (arguments[0], f"gate_{arguments[0]}") if name != "export" else True
        with pytest.MonkeyPatch.context() as environment:
            if is_it:
                failpoints._passed.clear()
                environment.setenv(failpoints.VARIABLE, f"{point}:raise")
            return real(*arguments)

    patch.setattr(chain, name, armed)


def test_a_gate_that_was_cut_off_between_two_tables_is_simply_run_again(
    chain: Chain, lake_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing again changes nothing: the tables that were out already stay as they are."""
    day, reader = next(DAYS), Reader(lake_home)
    land(chain.landing, day)
    branch = chain.stage("ingest", day)
    failpoints._passed.clear()
    with monkeypatch.context() as patch:
        patch.setenv(failpoints.VARIABLE, "after_publish:raise:2")
        with pytest.raises(failpoints.Crash):
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
