"""Lines of erased users, and bad lines that hold their names, get the outcome that the oracle gives them."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.listed import as_erased
from spark_jobs.ingest.judging import JudgedLanding, Limits, judge_landing
from spark_jobs.ingest.ledger import ledger_rows
from spark_jobs.ingest.unmatched import unmatched
from tests.landing import Landing, fix
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
    b"2015-05-17T10:00 u2 1.2.3 /login?who=bob%20smith",
    b'{"user": "\\u00fc", "cut off',
    b"2015-05-17T10:00 u2 1.2.3 /login?who=bob%20smithson",
]
GOOD = "2015-05-17T10:00 u2 1.2.3.4 /corrected"
# Bad lines with what stands in for them, None for a drop.
FIXED = {
    "request to u1": GOOD.replace("u2", "u1"),
    "request to a bad one of u1": "u1 is bad",
    "request of u1 to a bad one": "still bad",
    "request of u1 to u2": GOOD,
    "request of u1 dropped": None,
    "2015-05-17T10:00 u1 1.2.3 /dropped": None,
}
FIXED_LATER = {"of the day, to u1": GOOD.replace("u2", "u1"), "of the day, u1 to u2": f"{GOOD}-late"}
FIXED_USERS = {
    "user to u1": '{"user_id":"u1"}',
    '{"user_id":"\\u0075\\u0031","age":"to a bad one"}': '{"user_id":"w","age":"still bad"}',
    '{"user_id":"u1","age":"to w"}': '{"user_id":"w"}',
    # Two lines of x that disagree: one becomes u1's, and the other passes.
    '{"user_id":"x","age":1}': '{"user_id":"u1","age":1}',
}
# Two lines of an erased user do not disagree, they are erased: nothing is corrected.
UNMATCHED = '{"user_id":"bob smith","age":1}'


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landed = Landing(tmp_path_factory.mktemp("erased") / "landing")
    landed.requests(DAY, "a.log", [*MORE, *FIXED, *REQUESTS])
    landed.requests(DAY, "b.log", [*MORE, *FIXED, *REQUESTS])  # a duplicate
    landed.requests(NEXT, "fixed.log", FIXED_LATER)
    landed.requests(NEXT, "next.log", [b"2015-05-17T13:00 u9 1.2.3.4 /late", b"2015-05-17T13:00 u8 1.2.3.4 /late", b"u1"])
    landed.users(DAY, "users.json", [*USERS, b'{"user_id":"\\u0075\\u0031","age":"escaped"}', b'{"user_id":"v","name":"u1","age":999}'])
    landed.users(DAY, "fixed.json", [*FIXED_USERS, '{"user_id":"x","age":2}', UNMATCHED, '{"user_id":"bob smith","age":2}'])
    landed.corrections(DAY, "requests", "a.jsonl", [fix(*each) for each in FIXED.items()])
    landed.corrections(NEXT, "requests", "a.jsonl", [fix(*each) for each in FIXED_LATER.items()])
    landed.corrections(DAY, "users", "a.jsonl", [fix(*each) for each in [*FIXED_USERS.items(), (UNMATCHED, None)]])
    landed.profiles(DAY, "profiles.csv", [*PROFILES, b"v,u1,a", b"v,b"])  # two lines of v that disagree, and one names u1
    for day in (date(2015, 5, 16), DAY, NEXT):
        landed.complete(day)
    return landed.root


@pytest.fixture(scope="module")
def expected(landing: Path) -> oracle.OracleDay:
    return oracle.compute(landing, DAY, OracleSettings(erased=NAMES))


@pytest.fixture(scope="module")
def judging(spark: SparkSession, landing: Path) -> JudgedLanding:
    erased = as_erased(spark, KEY, [listed for name in NAMES for listed in Name(name).listed_with(KEY)])
    return judge_landing(spark, landing.as_uri(), DAY, Limits(2, MAX_LINE_BYTES, erased))


@pytest.fixture(scope="module")
def judged(judging: JudgedLanding) -> dict[str, DataFrame]:
    return {name: frame.cache() for name, frame in judging.lines.items()}


def test_the_quarantine_holds_no_line_with_a_name(judged: dict[str, DataFrame], expected: oracle.OracleDay) -> None:
    for dataset, frame in judged.items():
        bad = frame.where("outcome = 'quarantined'").select("reason", "source_file", "line", "detail").collect()
        wanted = Counter((row.reason, row.source_file, row.line) for row in expected.quarantine if row.dataset == dataset)
        assert Counter((row.reason, row.source_file, bytes(row.line)) for row in bad) == wanted, dataset
        assert not [row for row in bad if re.search(r"\bu1\b", row.detail)]


def test_no_row_is_of_an_erased_user_and_every_other_row_stays(judged: dict[str, DataFrame], expected: oracle.OracleDay) -> None:
    frames = {name: frame.where("outcome IN ('accepted', 'arrived_late')") for name, frame in judged.items()}
    requests = Counter((row.user_id, row.action) for row in frames["requests"].select("user_id", "action").collect())
    assert requests == Counter((row["user_id"], row["action"]) for row in expected.requests.to_pylist())
    assert {"/corrected", "/corrected-late"} <= {action for _, action in requests}
    users = {row.user_id for row in frames["users"].collect()}
    assert users == {user.user_id for user in expected.users} and {"w", "x"} <= users
    assert {row.user_id for row in frames["profiles"].collect()} == {profile.user_id for profile in expected.profiles}
    for frame in judged.values():
        assert frame.where((F.col("outcome") != "quarantined") & F.col("line").isNotNull()).count() == 0


def test_the_ledger_counts_them_and_balances(
    spark: SparkSession, judging: JudgedLanding, judged: dict[str, DataFrame], expected: oracle.OracleDay
) -> None:
    no_day = F.lit(None).cast("date").alias("event_day")
    columns = ("source_file", "outcome", "correction")
    outcomes = [frame.select(*columns, "event_day" if name == "requests" else no_day) for name, frame in judged.items()]
    rows = ledger_rows(spark, judging.files, outcomes[0].union(outcomes[1]).union(outcomes[2]), DAY).collect()
    names = ("lines", "accepted", "late", "quarantined", "duplicates", "dropped", "corrected", "erased", "arrived_late")
    landed = {name: counts for name, counts in expected.ledger.items() if not name.startswith("_")}
    wanted = {name: tuple(getattr(counts, column) for column in names) for name, counts in landed.items()}
    assert {row.source_file: tuple(row[column] for column in names) for row in rows} == wanted
    assert sum(row.erased for row in rows) > 20 and sum(row.corrected for row in rows) == 3
    assert all(row.lines == row.accepted + row.late + row.quarantined + row.duplicates + row.dropped + row.erased for row in rows)


def test_a_correction_of_a_line_that_is_erased_anyway_matches_nothing(judging: JudgedLanding, judged: dict[str, DataFrame]) -> None:
    assert [one.line_number for one in unmatched(judged, judging.corrections)] == [len(FIXED_USERS) + 1]
