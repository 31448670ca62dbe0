"""What the expectations' SQL sees of a staged day: the rows, the days that the snapshot changes, the days before."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.gate.conf import PLANNING, SMALL_DAY_ROWS
from spark_jobs.gate.views import plan_for_rows, register_views
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import publish_day
from spark_jobs.lake.reading import published_snapshot
from spark_jobs.lake.staging import stage_day
from tests.session import restored

DAY = date(2032, 5, 8)
PARAMS = {"max_users_per_ip": 50, "late_days": 2}


def nodes(spark: SparkSession, day: date, *users: str) -> DataFrame:
    return spark.createDataFrame([(day, "user", user, user, 1, 0) for user in users], IDENTITIES.schema)


def stage(spark: SparkSession, work: Path, day: date, frame: DataFrame) -> Manifest:
    ensure_table(spark, ACTIVITY)
    tried = StageTry("identities", day, "views", f"views_{day:%Y%m%d}_{work.name}", work.as_uri())
    return stage_day(spark, tried, {IDENTITIES: frame}, {ACTIVITY: published_snapshot(spark, ACTIVITY)})


def rows(spark: SparkSession, view: str) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in spark.table(view).collect())


def test_the_views_of_a_day(spark: SparkSession, tmp_path: Path) -> None:
    for day, users in ((date(2032, 5, 1), ("a",)), (date(2032, 5, 7), ("a", "b")), (date(2032, 4, 30), ("a",))):
        publish_day(spark, IDENTITIES, stage(spark, tmp_path, day, nodes(spark, day, *users)))
    staged = stage(spark, tmp_path, DAY, nodes(spark, DAY, "a", "b", "c"))
    with restored(spark, PLANNING):
        register_views(spark, staged, "file:///nowhere", PARAMS)
        assert [row[2] for row in rows(spark, "mart_identities")] == ["a", "b", "c"]
        assert rows(spark, "params") == [(DAY, 50, 2)]
        assert rows(spark, "staged_changes") == [("mart.identities", DAY)]
        # The seven days before, not the eighth.
        assert rows(spark, "volume") == [("mart.identities", date(2032, 5, 1), 1), ("mart.identities", date(2032, 5, 7), 2)]


def test_a_snapshot_that_changes_another_day_is_seen(spark: SparkSession, tmp_path: Path) -> None:
    both = nodes(spark, DAY, "a").unionByName(nodes(spark, date(2032, 5, 20), "x"))
    staged = stage(spark, tmp_path, DAY, both)
    with restored(spark, PLANNING):
        register_views(spark, staged, "file:///nowhere", PARAMS)
        assert rows(spark, "staged_changes") == [("mart.identities", DAY), ("mart.identities", date(2032, 5, 20))]


@pytest.mark.parametrize(("day_rows", "is_plain"), [(SMALL_DAY_ROWS - 1, True), (SMALL_DAY_ROWS, False)])
def test_only_a_small_day_is_planned_plainly(spark: SparkSession, day_rows: int, is_plain: bool) -> None:
    with restored(spark, PLANNING):
        spark.conf.set("spark.sql.shuffle.partitions", "3")
        plan_for_rows(spark, day_rows)
        assert spark.conf.get("spark.sql.shuffle.partitions") == ("1" if is_plain else "3")
