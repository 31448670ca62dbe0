"""The machine's clock jumps back: what was committed last lies in the future then."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import IllegalArgumentException
from pyspark.sql import SparkSession
from pyspark.sql.types import DateType, LongType, StructField, StructType

from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import publish_day
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.surroundings import surroundings_failure
from spark_jobs.lake.table import Table
from tests.faults.reader import Reader, path_of

SCHEMA = StructType([StructField("day", DateType(), False), StructField("n", LongType(), False)])
DAY = date(2062, 1, 1)
MOMENTS = ("timestamp-ms", "last-updated-ms")


def stage(spark: SparkSession, table: Table, home: Path, branch: str, n: int) -> Manifest:
    frames = {table: spark.sql(f"SELECT DATE '{DAY}' AS day, {n}L AS n")}
    return stage_day(spark, StageTry("test", DAY, "r", branch, home.as_uri()), frames, {})


def set_clock_back(metadata: Path, seconds: int) -> None:
    """Every moment in the table's newest metadata lies so much later, as if it had been written before the clock was set back."""
    metadata.with_name(f".{metadata.name}.crc").unlink()

    def later(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: at + seconds * 1000 if key in MOMENTS else later(at) for key, at in value.items()}
        return [later(each) for each in value] if isinstance(value, list) else value

    metadata.write_text(json.dumps(later(json.loads(metadata.read_text()))))


@pytest.fixture
def lake(spark: SparkSession, lake_home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Table, Reader]:
    """A table of which the day is published."""
    table = Table(f"faults.{request.node.name}", SCHEMA, ("n",))
    publish_day(spark, table, stage(spark, table, tmp_path, "before", 1))
    return table, Reader(lake_home)


def metadata_of(reader: Reader, table: Table) -> Path:
    location = reader.location(table.name)
    assert location is not None
    return path_of(location)


def rows(reader: Reader, table: Table) -> list[int]:
    return [row["n"] for row in reader.rows(table.name)]


@pytest.mark.fault(fault="clock jumps back", where="half a minute, between two runs", promised="the newer run's rows are main's")
def test_a_small_step_back_changes_nothing(spark: SparkSession, lake: tuple[Table, Reader], tmp_path: Path) -> None:
    table, reader = lake
    set_clock_back(metadata_of(reader, table), 30)
    publish_day(spark, table, stage(spark, table, tmp_path, "after", 2))
    assert rows(reader, table) == [2]


@pytest.mark.fault(fault="clock jumps back", where="two hours, between two runs", promised="loud; main unchanged; works once it is right")
def test_a_large_step_back_is_told_and_nothing_is_lost(spark: SparkSession, lake: tuple[Table, Reader], tmp_path: Path) -> None:
    table, reader = lake
    metadata = metadata_of(reader, table)
    as_it_was = metadata.read_bytes()
    set_clock_back(metadata, 7200)
    with pytest.raises(IllegalArgumentException) as failed:
        stage(spark, table, tmp_path, "after", 2)
    told = surroundings_failure(failed.value)
    assert isinstance(told, TryAgain) and "this machine's clock is behind the lake's last commit" in str(told)
    assert rows(reader, table) == [1]
    metadata.write_bytes(as_it_was)
    publish_day(spark, table, stage(spark, table, tmp_path, "again", 3))
    assert rows(reader, table) == [3]
