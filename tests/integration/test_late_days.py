"""Lines that land late: counted, listed with their day, taken in when it runs again; three deliveries end at the oracle's tables."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.late import job
from tests.integration.chain import Chain, csvs
from tests.oracle import oracle

DAY = date(2033, 4, 5)
SECOND, THIRD = DAY + timedelta(days=1), DAY + timedelta(days=2)


def lines(day: date, user: str, number: int) -> list[str]:
    return [f"{day}T10:00:{n:02}Z {user} 192.0.2.{n % 3} /a.html" for n in range(number)]


@pytest.fixture
def chain(spark: SparkSession, tmp_path: Path) -> Chain:
    return Chain(spark, tmp_path)


def late(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """What is told of the days of this test, without the head; the session's ledger has others too."""
    capsys.readouterr()
    job.main(["--top", "1000"])
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words for words in told if words[0] in map(str, (DAY, SECOND, THIRD))]


def test_a_day_in_three_deliveries_ends_at_the_oracles_tables(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    landing = chain.landing
    landing.requests(DAY, "a.log", lines(DAY, "u1", 20))
    landing.complete(DAY)
    chain.run(DAY, audited=False)
    assert late(capsys) == []
    landing.requests(SECOND, "b.log", [*lines(SECOND, "u1", 10), *lines(DAY, "u2", 7)])
    landing.complete(SECOND)
    chain.publish(chain.stage("ingest", SECOND))
    assert late(capsys) == [[str(DAY), "7", str(SECOND), "has", "run"]]
    landing.requests(THIRD, "c.log", [*lines(DAY, "u3", 4), *lines(SECOND, "u3", 2)])
    landing.complete(THIRD)
    chain.publish(chain.stage("ingest", THIRD))
    assert late(capsys) == [
        [str(DAY), "11", f"{SECOND},", str(THIRD), "has", "run"],
        [str(SECOND), "2", str(THIRD), "has", "run"],
    ]
    for day, audited in ((DAY, True), (SECOND, False)):
        assert csvs(chain.run(day, audited)) == oracle.compute(landing.root, day).csv
    assert late(capsys) == []


def test_a_day_that_has_not_run_itself_is_told(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    after = THIRD + timedelta(days=30)
    chain.landing.requests(after, "a.log", lines(after - timedelta(days=1), "u1", 3))
    chain.landing.complete(after)
    chain.publish(chain.stage("ingest", after))
    capsys.readouterr()
    job.main(["--top", "1000"])
    assert [str(after - timedelta(days=1)), "3", str(after), "has", "not", "run"] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]


def test_where_none_waits_that_is_said() -> None:
    assert job.listing([], is_cut=False) == ["no late lines wait: each day has taken in what landed for it later"]
