"""Lines of erased users, and bad lines that hold their names, get the outcome that the oracle gives them."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.job import judge_landing
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.ledger import ledger_rows
from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.settings import OracleSettings
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import DAY, MAX_LINE_BYTES, NEXT, PROFILES, REQUESTS, USERS

NAMES = frozenset({"u1", "bob smith", "u9", "ü", "u7"})
KEY = Key(b"k" * 32)
MORE = [
    b"2015-05-17T10:00 u2 1.2.3 /of-u1-in-a-bad-line/u1",
    b"2015-05-17T10:00 u2 1.2.3 /of-nobody/u11",
    b"2015-05-17T10:00 u2 1.2.3.4 /accepted/u1",  # somebody else's good line stays
    b"2015-05-14T10:00 u1 1.2.3.4 /out-of-window",
    b"2015-05-16T10:00 u1 1.2.3.4 /late",
    b"\xff u1 \xfe",
]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landed = Landing(tmp_path_factory.mktemp("erased") / "landing")
    landed.requests(DAY, "a.log", [*MORE, *REQUESTS])
    landed.requests(DAY, "b.log", [*MORE, *REQUESTS])  # a duplicate
    landed.requests(NEXT, "next.log", [b"2015-05-17T13:00 u9 1.2.3.4 /late", b"2015-05-17T13:00 u8 1.2.3.4 /late", b"u1"])
    landed.users(DAY, "users.json", [*USERS, b'{"user_id":"\\u0075\\u0031","age":"escaped"}', b'{"user_id":"v","name":"u1","age":999}'])
    landed.profiles(DAY, "profiles.csv", [*PROFILES, b"v,u1,a", b"v,b"])  # two lines of v that disagree, and one names u1
    for day in (date(2015, 5, 16), DAY, NEXT):
        landed.complete(day)
    return landed.root


@pytest.fixture(scope="module")
def expected(landing: Path) -> oracle.OracleDay:
    return oracle.compute(landing, DAY, OracleSettings(erased=NAMES))


@pytest.fixture(scope="module")
def found(spark: SparkSession, landing: Path) -> tuple[dict[str, DataFrame], list[LandedFile]]:
    erased = ErasedUsers.of(spark, KEY, [KEY.hash_of(name) for name in NAMES], [len(name) for name in NAMES])
    frames, files = judge_landing(spark, landing.as_uri(), DAY, 2, MAX_LINE_BYTES, erased)
    return {name: frame.cache() for name, frame in frames.items()}, files


def test_the_quarantine_holds_no_line_with_a_name(found: tuple[dict[str, DataFrame], list[LandedFile]], expected: oracle.OracleDay) -> None:
    for dataset, frame in found[0].items():
        bad = frame.where("outcome = 'quarantined'").select("reason", "source_file", "line").collect()
        wanted = Counter((row.reason, row.source_file, row.line) for row in expected.quarantine if row.dataset == dataset)
        assert Counter((row.reason, row.source_file, bytes(row.line)) for row in bad) == wanted, dataset


def test_no_row_is_of_an_erased_user_and_every_other_row_stays(
    found: tuple[dict[str, DataFrame], list[LandedFile]], expected: oracle.OracleDay
) -> None:
    frames = {name: frame.where("outcome IN ('accepted', 'arrived_late')") for name, frame in found[0].items()}
    requests = Counter((row.user_id, row.action) for row in frames["requests"].select("user_id", "action").collect())
    assert requests == Counter((row["user_id"], row["action"]) for row in expected.requests.to_pylist())
    assert {row.user_id for row in frames["users"].collect()} == {user.user_id for user in expected.users}
    assert {row.user_id for row in frames["profiles"].collect()} == {profile.user_id for profile in expected.profiles}
    for frame in found[0].values():
        assert frame.where((F.col("outcome") != "quarantined") & F.col("line").isNotNull()).count() == 0


def test_the_ledger_counts_them_and_balances(
    spark: SparkSession, found: tuple[dict[str, DataFrame], list[LandedFile]], expected: oracle.OracleDay
) -> None:
    frames, files = found
    no_day = F.lit(None).cast("date").alias("event_day")
    outcomes = [frame.select("source_file", "outcome", "event_day" if name == "requests" else no_day) for name, frame in frames.items()]
    rows = ledger_rows(spark, files, outcomes[0].union(outcomes[1]).union(outcomes[2]), DAY).collect()
    names = ("lines", "accepted", "late", "quarantined", "duplicates", "erased", "arrived_late")
    wanted = {name: tuple(getattr(counts, column) for column in names) for name, counts in expected.ledger.items()}
    assert {row.source_file: tuple(row[column] for column in names) for row in rows} == wanted
    assert sum(row.erased for row in rows) > 20
    assert all(row.lines == row.accepted + row.late + row.quarantined + row.duplicates + row.erased for row in rows)
