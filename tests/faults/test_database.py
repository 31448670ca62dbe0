"""The catalog's database is down, cut off in the middle of commits, or slow; PostgreSQL behind a proxy."""

import platform
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.faults.days import land
from tests.faults.process import DayProcess, run_plainly
from tests.faults.reader import Reader
from tests.landing import Landing
from tests.postgres.proxy import proxied
from tests.postgres.server import postgres_server
from tools.local_buckets import HOST, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.covered,  # by test_iceberg.py (answers that were lost), test_surroundings.py (the words) and test_interleavings.py
    pytest.mark.skipif(platform.machine() != "x86_64", reason="PostgreSQL's programs are pinned for x86_64 alone"),
]
DAY = date(2026, 11, 1)
COMMIT = b"UPDATE iceberg_tables"


class PostgresReader(Reader):
    """The lake of a home whose catalog is in PostgreSQL."""

    def __init__(self, home: Path, spark: SparkSession, port: int) -> None:
        super().__init__(home)
        self.tables = spark.read.format("jdbc").option("url", uri(port)).option("driver", "org.postgresql.Driver")

    def location(self, table: str) -> str | None:
        namespace, name = table.split(".")
        if not self.tables.option("dbtable", "pg_tables").load().where("tablename = 'iceberg_tables'").count():
            return None
        known = self.tables.option("dbtable", "iceberg_tables").load()
        found = known.where(f"table_namespace = '{namespace}' AND table_name = '{name}'").select("metadata_location").first()
        return None if found is None else str(found[0])


@pytest.fixture
def server() -> Iterator[int]:
    with postgres_server() as port:
        yield port


def uri(port: int) -> str:
    # Else the driver sends a statement's text no more once it has sent it a few times.
    return f"jdbc:postgresql://{HOST}:{port}/postgres?prepareThreshold=0"


def catalog(port: int) -> dict[str, str]:
    return {"MILLRACE_CATALOG_URI": uri(port)}


@pytest.mark.fault(
    fault="database down, cut off, slow",
    where="before a run; in commits of every kind, before or after; 5 s for a commit",
    promised="clear failures; a rerun ends in the oracle's tables",
)
def test_a_database_that_is_down_then_cut_off_then_slow(spark: SparkSession, server: int, tmp_path: Path) -> None:
    land(Landing(tmp_path / "landing"), DAY)
    run = DayProcess(tmp_path, DAY, **catalog(free_port()))
    assert run.wait() == 75, run.told()
    assert "TryAgain: the catalog's database does not answer: check MILLRACE_CATALOG_URI" in run.told(), run.told()

    with proxied(server, COMMIT, {3: "lose", 8: "cut", 13: "lose", 17: "cut", 25: "lose"}) as proxy:
        run = DayProcess(tmp_path, DAY, **catalog(proxy.port))
        assert (run.wait(), "TryAgain: " in run.told()) in ((0, False), (75, True)), run.told()
        assert proxy.seen >= 8

    with proxied(server, COMMIT, dict.fromkeys(range(2, 30, 7), 5.0)) as proxy:
        run_plainly(tmp_path, DAY, PostgresReader(tmp_path, spark, server), **catalog(proxy.port))
        assert proxy.seen >= 9
