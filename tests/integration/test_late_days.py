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


def late(chain: Chain, capsys: pytest.CaptureFixture[str], *days: date) -> list[list[str]]:
    """What is told of these days, without the head; the session's ledger has others too."""
    capsys.readouterr()
    job.main(["--top", "1000", "--landing-uri", chain.settings.landing])
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words for words in told if words[0] in map(str, days)]


def land(chain: Chain, day: date, requests: list[str]) -> None:
    chain.landing.requests(day, "a.log", requests)
    chain.landing.complete(day)


def ingest(chain: Chain, day: date) -> None:
    chain.gate("ingest", day, chain.stage("ingest", day))


def test_a_day_in_three_deliveries_ends_at_the_oracles_tables(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    landing = chain.landing
    landing.requests(DAY, "a.log", lines(DAY, "u1", 20))
    landing.complete(DAY)
    ingest(chain, DAY)
    assert late(chain, capsys, DAY, SECOND, THIRD) == []
    landing.requests(SECOND, "b.log", [*lines(SECOND, "u1", 10), *lines(DAY, "u2", 7)])
    landing.complete(SECOND)
    ingest(chain, SECOND)
    assert late(chain, capsys, DAY, SECOND, THIRD) == [[str(DAY), "7", "0", str(SECOND), str(DAY)]]
    landing.requests(THIRD, "c.log", [*lines(DAY, "u3", 4), *lines(SECOND, "u3", 2)])
    landing.complete(THIRD)
    ingest(chain, THIRD)
    assert late(chain, capsys, DAY, SECOND, THIRD) == [
        [str(DAY), "11", "0", f"{SECOND},", str(THIRD), str(DAY)],
        [str(SECOND), "2", "0", str(THIRD), str(SECOND)],
    ]
    for day in (DAY, SECOND):
        assert csvs(chain.run(day)) == oracle.compute(landing.root, day).csv
    assert late(chain, capsys, DAY, SECOND, THIRD) == []


def test_late_lines_that_were_withdrawn_are_told_until_their_day_has_run_again(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """A landing is delivered anew with fewer of them: the earlier day holds rows that nothing has landed for any more."""
    day, later = DAY + timedelta(days=60), DAY + timedelta(days=61)
    land(chain, day, lines(day, "u1", 5))
    land(chain, later, lines(day, "u2", 5))
    ingest(chain, day)
    assert late(chain, capsys, day) == []  # the landing itself has not run
    ingest(chain, later)
    assert late(chain, capsys, day) == []
    chain.landing.requests(later, "a.log", lines(day, "u2", 2))
    ingest(chain, later)
    assert late(chain, capsys, day) == [[str(day), "0", "3", str(later), str(day)]]
    (chain.landing.root / f"requests/dt={later}/a.log").unlink()
    ingest(chain, later)  # nothing is left of the landing: its ledger has no row
    assert late(chain, capsys, day) == [[str(day), "0", "5", str(later), str(day)]]
    ingest(chain, day)
    assert late(chain, capsys, day) == []


def test_a_landing_that_has_grown_since_it_ran_is_to_run_again_itself(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    """The day has taken in what lies there now; its landing's own numbers are the old ones."""
    day, later = DAY + timedelta(days=80), DAY + timedelta(days=81)
    land(chain, day, lines(day, "u1", 5))
    land(chain, later, lines(later, "u2", 5))
    ingest(chain, later)
    chain.landing.requests(later, "b.log", lines(day, "u2", 4))
    ingest(chain, day)
    assert late(chain, capsys, day) == [[str(day), "0", "4", str(later), str(later)]]
    ingest(chain, later)
    assert late(chain, capsys, day) == []


def test_a_day_that_cannot_run_as_it_lies_there_is_told_with_the_reason(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    day, after = THIRD + timedelta(days=29), THIRD + timedelta(days=30)
    land(chain, after, lines(day, "u1", 3))
    ingest(chain, after)
    assert late(chain, capsys, day) == [[str(day), "3", "0", str(after), str(day), "(not", "landed)"]]
    chain.landing.requests(day, "own.log", lines(day, "u1", 1))
    chain.landing.complete(day)
    assert late(chain, capsys, day) == [[str(day), "3", "0", str(after), str(day)]]
    ingest(chain, day)
    (chain.landing.folder("requests", after) / "a.log").write_text("")
    ingest(chain, after)
    (chain.landing.folder("requests", day) / "own.log").unlink()
    assert late(chain, capsys, day) == [[str(day), "0", "3", str(after), str(day), "(its", "files", "are", "gone)"]]


def test_a_day_that_was_rolled_back_is_told_as_such_and_not_its_landing(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    day, after = THIRD + timedelta(days=39), THIRD + timedelta(days=40)
    for each in (day, after):
        land(chain, each, lines(each, "u1", 3))
    chain.run(day, audited=False)
    release = chain.summary(day)["release"]
    chain.landing.requests(after, "b.log", lines(day, "u2", 2))
    ingest(chain, after)
    ingest(chain, day)
    assert late(chain, capsys, day) == []
    chain.gate("ingest", day, chain.restore("ingest", day, release))
    assert late(chain, capsys, day) == [[str(day), "2", "0", str(after), str(day), "(rolled", "back)"]]
    ingest(chain, after)
    assert late(chain, capsys, day) == [[str(day), "2", "0", str(after), str(day), "(rolled", "back)"]]


def test_where_none_waits_that_is_said() -> None:
    assert job.listing([], {}, is_cut=False) == ["no late lines wait: each day has taken in what landed for it later"]
