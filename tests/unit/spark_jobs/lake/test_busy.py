"""The upkeep, exports and erasures know of each other."""

import os
import time
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.erase.at_work import require_nobody_at_work
from spark_jobs.erase.finish import remove_work
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.busy import ERASURE, busy
from spark_jobs.lake.errors import DataFailed, TryAgain

DAY = date(2064, 2, 1)


@pytest.mark.parametrize("who", ["upkeep", f"export-{DAY}"])
def test_an_erasure_waits_until_it_is_over(spark: SparkSession, tmp_path: Path, who: str) -> None:
    with pytest.raises(DataFailed), busy(spark, tmp_path.as_uri(), who):
        with pytest.raises(TryAgain, match=f"the upkeep are at work, or were killed in the last day:\n  .*/busy/{who}.json\n"):
            require_nobody_at_work(spark, tmp_path.as_uri())
        raise DataFailed("however it ends")
    require_nobody_at_work(spark, tmp_path.as_uri())


@pytest.mark.parametrize("who", ["upkeep", f"{ERASURE}-of-b"])
def test_nobody_begins_beside_an_erasure_which_does_not_wait_for_itself(spark: SparkSession, tmp_path: Path, who: str) -> None:
    (tmp_path / "busy").mkdir()
    (tmp_path / f"busy/{ERASURE}-of-a.json").touch()  # of a try that was killed; the next one takes its place
    with busy(spark, tmp_path.as_uri(), f"{ERASURE}-of-a"):
        require_nobody_at_work(spark, tmp_path.as_uri())
        with pytest.raises(TryAgain, match=r"an erasure is at work, .*/busy/erasure-of-a"), busy(spark, tmp_path.as_uri(), who):
            pass
        require_nobody_at_work(spark, tmp_path.as_uri())
    with busy(spark, tmp_path.as_uri(), who):
        pass


def test_one_that_was_killed_counts_for_a_day(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "busy").mkdir()
    record = tmp_path / "busy/upkeep-0.json"
    record.touch()
    with pytest.raises(TryAgain):
        require_nobody_at_work(spark, tmp_path.as_uri())
    os.utime(record, (time.time() - 25 * 3600,) * 2)
    require_nobody_at_work(spark, tmp_path.as_uri())


def test_an_erasure_leaves_the_work_of_a_stage_that_began_after_its_first_look(spark: SparkSession, tmp_path: Path) -> None:
    require_nobody_at_work(spark, tmp_path.as_uri())
    with begun(spark, StageTry("ingest", DAY, "r", "b", tmp_path.as_uri())):
        pass
    with pytest.raises(TryAgain, match="/branches/b\n"):
        remove_work(spark, tmp_path.as_uri())
    assert (tmp_path / "branches/b/begun.json").exists()
