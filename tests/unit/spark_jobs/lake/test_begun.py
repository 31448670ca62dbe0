"""Who counts as at work, and from when until when."""

import time
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import remove
from spark_jobs.maintain import active
from spark_jobs.maintain.active import active_stages

DAY = date(2064, 1, 1)


def at_work(spark: SparkSession, work: Path) -> set[str]:
    return set(active_stages(spark, work.as_uri(), time.time()).branches)


def test_a_try_is_at_work_before_it_reads_and_until_its_gate_has_been(spark: SparkSession, tmp_path: Path) -> None:
    with begun(spark, StageTry("test", DAY, "r", "b", tmp_path.as_uri()), needs=[7]):
        found = active_stages(spark, tmp_path.as_uri(), time.time())
        assert (found.branches, found.days, found.snapshots) == ({"b"}, {DAY}, {7})
    assert at_work(spark, tmp_path) == {"b"}
    assert not active_stages(spark, tmp_path.as_uri(), time.time() + 25 * 3600).branches


def test_one_that_ends_while_it_is_looked_at_is_not_at_work(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with begun(spark, StageTry("test", DAY, "r", "b", tmp_path.as_uri())):
        pass
    looked = active.read_text

    def ended_before(spark: SparkSession, uri: str) -> str | None:
        remove(spark, uri)
        return looked(spark, uri)

    monkeypatch.setattr(active, "read_text", ended_before)
    assert at_work(spark, tmp_path) == set()


@pytest.mark.parametrize(("error", "is_left"), [(DataFailed, False), (RuntimeError, True)])
def test_one_that_ends_by_a_failure_of_its_own_is_not_at_work_any_more(
    spark: SparkSession, tmp_path: Path, error: type[Exception], is_left: bool
) -> None:
    """Of any other error nobody knows what it has left running."""
    with pytest.raises(error), begun(spark, StageTry("test", DAY, "r", "b", tmp_path.as_uri())):
        raise error("no")
    assert at_work(spark, tmp_path) == ({"b"} if is_left else set())
