"""A commit whose answer is lost stands once and stays whole; PostgreSQL behind a proxy."""

import platform
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import Published, publish_day
from spark_jobs.lake.staging import append, stage_day
from spark_jobs.lake.table import Table
from spark_jobs.maintain import files
from tests.faults.test_database import COMMIT, uri
from tests.faults.test_interleavings import NOBODY, SCHEMA
from tests.postgres.proxy import Fault, proxied
from tests.postgres.server import postgres_server

pytestmark = [
    pytest.mark.skipif(platform.machine() != "x86_64", reason="PostgreSQL's programs are pinned for x86_64 alone"),
    pytest.mark.fault(
        fault="a commit's answer lost", where="stage, publish, empty day, upkeep, append", promised="it stands once, and whole"
    ),
]
ONE, TWO = date(2061, 6, 1), date(2061, 6, 2)
TABLE = Table("lost.a", SCHEMA, ("n",))
FAILURES = (Py4JJavaError, PySparkException)
BROKEN = "I/O error occurred while sending to the backend|This connection has been closed"


class Lake:
    """A lake of its own whose catalog is behind the proxy."""

    def __init__(self, spark: SparkSession, work: Path, faults: dict[int, Fault], seen: Callable[[], int]) -> None:
        self.spark, self.work, self.faults, self.seen, self.tries = spark, work.as_uri(), faults, seen, count()

    def lose(self, commits_before: int = 0) -> None:
        """The answer to the next commit, or to one after it, gets lost."""
        self.faults[self.seen() + 1 + commits_before] = "lose"

    def frame(self, day: date, *numbers: int) -> DataFrame:
        """A file for each row."""
        frame = self.spark.createDataFrame([(day, number) for number in numbers], SCHEMA)
        return frame.repartition(len(numbers)) if numbers else frame

    def stage(self, day: date, *numbers: int) -> Manifest:
        tried = StageTry("test", day, "r", f"b{next(self.tries)}", self.work)
        with begun(self.spark, tried):
            return stage_day(self.spark, tried, {TABLE: self.frame(day, *numbers)}, {})

    def publish(self, manifest: Manifest) -> None:
        publish_day(self.spark, TABLE, manifest)

    def rows(self) -> list[tuple[date, int]]:
        return sorted((row.day, row.n) for row in self.spark.table(TABLE.identifier).collect())


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Iterator[Lake]:
    faults: dict[int, Fault] = {}
    with postgres_server() as port, proxied(port, COMMIT, faults) as proxy:
        session = spark.newSession()
        session.conf.set("spark.sql.catalog.lake.uri", uri(proxy.port))
        session.conf.set("spark.sql.catalog.lake.warehouse", (tmp_path / "warehouse").as_uri())
        yield Lake(session, tmp_path / "work", faults, lambda: proxy.seen)


def test_a_publish_after_another_days(lake: Lake) -> None:
    """It is no fast-forward, so that it writes manifests of its own."""
    one = lake.stage(ONE, 1)
    lake.publish(lake.stage(TWO, 2))
    lake.lose()
    lake.publish(one)
    assert lake.rows() == [(ONE, 1), (TWO, 2)]
    assert publish_day(lake.spark, TABLE, one) is Published.ALREADY


def test_an_empty_day(lake: Lake) -> None:
    lake.publish(lake.stage(ONE, 1))
    lake.publish(lake.stage(TWO, 2))
    empty = lake.stage(ONE)
    lake.lose()
    with pytest.raises(FAILURES, match=BROKEN):
        lake.publish(empty)
    assert lake.rows() == [(TWO, 2)]
    lake.publish(empty)
    lake.publish(lake.stage(ONE, 3))
    assert lake.rows() == [(ONE, 3), (TWO, 2)]


def test_files_put_together(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MIN_FILES", 2)
    lake.publish(lake.stage(ONE, 1, 2, 3))
    lake.lose()
    with pytest.raises(FAILURES, match=BROKEN):
        files.compact(lake.spark, TABLE, NOBODY, dry_run=False)
    assert lake.rows() == [(ONE, 1), (ONE, 2), (ONE, 3)]
    assert files.compact(lake.spark, TABLE, NOBODY, dry_run=False) == 0


def test_rows_appended(lake: Lake) -> None:
    append(lake.spark, TABLE, lake.frame(ONE, 1))
    lake.lose()
    with pytest.raises(FAILURES, match=BROKEN):
        append(lake.spark, TABLE, lake.frame(ONE, 2))
    append(lake.spark, TABLE, lake.frame(ONE, 3))
    assert lake.rows() == [(ONE, 1), (ONE, 2), (ONE, 3)]


def test_a_branch_that_is_made_and_a_day_that_is_staged(lake: Lake) -> None:
    lake.publish(lake.stage(ONE, 1))
    lake.lose()
    lake.stage(ONE, 2)
    lake.lose(commits_before=1)
    with pytest.raises(FAILURES, match=BROKEN):
        lake.stage(ONE, 2)
    assert lake.rows() == [(ONE, 1)]
    lake.publish(lake.stage(ONE, 3))
    assert lake.rows() == [(ONE, 3)]
