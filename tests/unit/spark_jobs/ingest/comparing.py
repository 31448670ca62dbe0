"""What stage ingest makes of a landed day, compared with the oracle's day."""

from collections import Counter
from datetime import date, datetime, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.judging import JudgedLanding
from spark_jobs.ingest.ledger import ledger_rows
from tests.oracle import oracle

REQUEST_COLUMNS = ("event_ts", "user_id", "ip", "action", "method", "status", "bytes", "referer", "user_agent", "source_file")


def same_quarantine(dataset: str, judged: dict[str, DataFrame], expected: oracle.OracleDay) -> None:
    """Every bad line with its reason, its file and its bytes."""
    bad = judged[dataset].where("outcome = 'quarantined'").select("reason", "source_file", "line").collect()
    found = Counter((row.reason, row.source_file, bytes(row.line)) for row in bad)
    wanted = Counter((row.reason, row.source_file, row.line) for row in expected.quarantine if row.dataset == dataset)
    missing, extra = wanted - found, found - wanted
    assert not missing and not extra, ([(r, line[:90]) for r, _, line in missing], [(r, line[:90]) for r, _, line in extra])


def same_requests(judged: dict[str, DataFrame], expected: oracle.OracleDay) -> None:
    taken = judged["requests"].where("outcome in ('accepted', 'arrived_late')")
    found = Counter(tuple(row) for row in taken.select(F.unix_micros("event_ts"), *REQUEST_COLUMNS[1:]).collect())
    rows = expected.requests.select(list(REQUEST_COLUMNS)).to_pylist()
    epoch, microsecond = datetime(1970, 1, 1), timedelta(microseconds=1)
    wanted = Counter(((row["event_ts"] - epoch) // microsecond, *(row[column] for column in REQUEST_COLUMNS[1:])) for row in rows)
    missing, extra = wanted - found, found - wanted
    assert not missing and not extra, (list(missing)[:5], list(extra)[:5])


def same_people(judged: dict[str, DataFrame], expected: oracle.OracleDay) -> None:
    """Users and profiles."""
    users = judged["users"].where("outcome = 'accepted'").select("user_id", "name", "age", "gender").collect()
    assert {tuple(row) for row in users} == {tuple(user) for user in expected.users}
    assert len(users) == len(expected.users)
    profiles = judged["profiles"].where("outcome = 'accepted'").select("user_id", "info").collect()
    assert {(row.user_id, tuple(row.info)) for row in profiles} == {(profile.user_id, tuple(profile.info)) for profile in expected.profiles}
    assert len(profiles) == len(expected.profiles)


def same_ledger(spark: SparkSession, judging: JudgedLanding, judged: dict[str, DataFrame], expected: oracle.OracleDay, day: date) -> None:
    """Every line of every file is accounted for."""
    no_day = F.lit(None).cast("date").alias("event_day")
    columns = ("source_file", "outcome", "correction")
    outcomes = [frame.select(*columns, "event_day" if name == "requests" else no_day) for name, frame in judged.items()]
    rows = ledger_rows(spark, judging.files, outcomes[0].union(outcomes[1]).union(outcomes[2]), day).collect()
    found = {
        row.source_file: (row.lines, row.accepted, row.late, row.quarantined, row.duplicates, row.arrived_late, row.late_by_day)
        for row in rows
    }
    wanted = {
        name: (c.lines, c.accepted, c.late, c.quarantined, c.duplicates, c.arrived_late, {str(d): n for d, n in c.late_by_day.items()})
        for name, c in expected.ledger.items()
    }
    assert found == wanted
