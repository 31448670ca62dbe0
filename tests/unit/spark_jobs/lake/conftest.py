"""A small lake of two days, for the tests of what stages, publishes and reads."""

from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DateType, LongType, StructField, StructType

from spark_jobs.lake.begun import StageTry
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import Published, publish_day
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.table import Table

SCHEMA = StructType([StructField("day", DateType(), False), StructField("n", LongType(), False)])


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    return Table(f"test.{request.node.originalname}", SCHEMA, ("n",))


class Lake:
    """One table of test rows, and its stages under branches of their own."""

    def __init__(self, spark: SparkSession, table: Table, work: Path) -> None:
        self.spark, self.table, self.work, self.branches = spark, table, work.as_uri(), 0

    def rows(self, day: date, *numbers: int) -> DataFrame:
        return self.spark.createDataFrame([(day, n) for n in numbers], SCHEMA)

    def stage(self, day: date, *numbers: int) -> Manifest:
        return self.stage_tables(day, {self.table: numbers})

    def stage_tables(self, day: date, numbers: dict[Table, tuple[int, ...]]) -> Manifest:
        self.branches += 1
        frames = {table: self.rows(day, *rows) for table, rows in numbers.items()}
        manifest = stage_day(self.spark, StageTry("test", day, "run", f"b{self.branches}", self.work), frames, {})
        assert Manifest.read(self.spark, self.work, f"b{self.branches}") == manifest
        return manifest

    def publish(self, manifest: Manifest) -> Published:
        return publish_day(self.spark, self.table, manifest)

    def main(self) -> list[tuple[date, int]]:
        return sorted((row.day, row.n) for row in self.spark.table(self.table.identifier).collect())


@pytest.fixture
def lake(spark: SparkSession, table: Table, tmp_path: Path) -> Lake:
    return Lake(spark, table, tmp_path)
