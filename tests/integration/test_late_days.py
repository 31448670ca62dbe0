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


def late(capsys: pytest.CaptureFixture[str], *days: date) -> list[list[str]]:
    """What is told of these days, without the head; the session's ledger has others too."""
    capsys.readouterr()
    job.main(["--top", "1000"])
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words for words in told if words[0] in map(str, days)]


def ingest(chain: Chain, day: date) -> None:
    chain.gate("ingest", day, chain.stage("ingest", day))


def test_a_day_in_three_deliveries_ends_at_the_oracles_tables(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    landing = chain.landing
    landing.requests(DAY, "a.log", lines(DAY, "u1", 20))
    landing.complete(DAY)
    ingest(chain, DAY)
    assert late(capsys, DAY, SECOND, THIRD) == []
    landing.requests(SECOND, "b.log", [*lines(SECOND, "u1", 10), *lines(DAY, "u2", 7)])
    landing.complete(SECOND)
    ingest(chain, SECOND)
    assert late(capsys, DAY, SECOND, THIRD) == [[str(DAY), "7", "0", str(SECOND), str(DAY)]]
    landing.requests(THIRD, "c.log", [*lines(DAY, "u3", 4), *lines(SECOND, "u3", 2)])
    landing.complete(THIRD)
    ingest(chain, THIRD)
    assert late(capsys, DAY, SECOND, THIRD) == [
        [str(DAY), "11", "0", f"{SECOND},", str(THIRD), str(DAY)],
        [str(SECOND), "2", "0", str(THIRD), str(SECOND)],
    ]
    for day in (DAY, SECOND):
        assert csvs(chain.run(day)) == oracle.compute(landing.root, day).csv
    assert late(capsys, DAY, SECOND, THIRD) == []


def test_late_lines_that_were_withdrawn_are_told_until_their_day_has_run_again(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """A landing is delivered anew with fewer of them: the earlier day holds rows that nothing has landed for any more."""
    day, later = DAY + timedelta(days=60), DAY + timedelta(days=61)
    for each, user in ((day, "u1"), (later, "u2")):
        chain.landing.requests(each, "a.log", lines(day, user, 5))
        chain.landing.complete(each)
    ingest(chain, day)
    assert late(capsys, day) == []  # the landing itself has not run
    ingest(chain, later)
    assert late(capsys, day) == []
    chain.landing.requests(later, "a.log", lines(day, "u2", 2))
    ingest(chain, later)
    assert late(capsys, day) == [[str(day), "0", "3", str(later), str(day)]]
    (chain.landing.root / f"requests/dt={later}/a.log").unlink()
    ingest(chain, later)  # nothing is left of the landing: its ledger has no row
    assert late(capsys, day) == [[str(day), "0", "5", str(later), str(day)]]
    ingest(chain, day)
    assert late(capsys, day) == []


def test_a_landing_that_has_grown_since_it_ran_is_to_run_again_itself(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The day has taken in what lies there now; its landing's own numbers are the old ones."""
    day, later = DAY + timedelta(days=80), DAY + timedelta(days=81)
    for each, user in ((day, "u1"), (later, "u2")):
        chain.landing.requests(each, "a.log", lines(each, user, 5))
        chain.landing.complete(each)
    ingest(chain, later)
    chain.landing.requests(later, "b.log", lines(day, "u2", 4))
    ingest(chain, day)
    assert late(capsys, day) == [[str(day), "0", "4", str(later), str(later)]]
    ingest(chain, later)
    assert late(capsys, day) == []


def test_a_day_that_has_not_run_itself_is_told(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    after = THIRD + timedelta(days=30)
    chain.landing.requests(after, "a.log", lines(after - timedelta(days=1), "u1", 3))
    chain.landing.complete(after)
    ingest(chain, after)
    capsys.readouterr()
    job.main(["--top", "1000"])
    assert [str(after - timedelta(days=1)), "3", "0", str(after), str(after - timedelta(days=1)), "(has", "not", "run)"] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]


def test_where_none_waits_that_is_said() -> None:
    assert job.listing([], is_cut=False) == ["no late lines wait: each day has taken in what landed for it later"]
