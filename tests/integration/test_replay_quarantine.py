"""The replay of the quarantine: it says what today's parser and corrections would let pass, and changes nothing."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_jobs.ingest.schema import QUARANTINE
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.staging import append
from spark_jobs.replay_quarantine import job
from tests.integration.chain import Chain, arguments
from tests.integration.test_bad_input import snapshots
from tests.landing import fix


def replay(chain: Chain, first: date, last: date, result: Path, dataset: str = "all", reason: str = "all") -> list[str]:
    """Run the job; the days that its result names."""
    limits = {"landing_uri": chain.settings.landing, "late_days": 2, "max_line_bytes": 1000, "result_uri": result.as_uri()}
    limits |= {"erasure_key_file": str(chain.settings.erasure_key)}
    job.main(arguments({"first_day": first, "last_day": last, "dataset": dataset, "reason": reason}, limits))
    days: list[str] = json.loads(result.read_text())["days"]
    return days


def table(told: str) -> list[list[str]]:
    """The rows of the listing, less its head."""
    return [line.split() for line in told.splitlines() if line[:2] == "20" and len(line.split()) == 6]


def refuse(chain: Chain, day: date, dataset: str, reason: str, *lines: str | bytes) -> None:
    """Rows of raw.quarantine that no parser of today would write: an older one has refused these lines."""
    rows = [(day, dataset, reason, "", f"{dataset}/dt={day}/a", line.encode() if isinstance(line, str) else bytes(line)) for line in lines]
    append(chain.spark, QUARANTINE, chain.spark.createDataFrame(rows, QUARANTINE.schema))


def landed(chain: Chain, *days: date, **content: Any) -> None:
    """Days with a line of each dataset, published by stage ingest."""
    for day in days:
        chain.landing.requests(day, "a.log", [f"{day}T10:00:00Z u1 192.0.2.1 /x", *content.get("requests", [])])
        chain.landing.users(day, "u.json", ['{"user_id":"u1","age":1}', *content.get("users", [])])
        chain.landing.profiles(day, "p.csv", ["u1,x", *content.get("profiles", [])])
        chain.landing.complete(day)
        chain.publish(chain.stage("ingest", day))


def test_lines_that_today_are_good_are_counted_by_day_and_reason_and_their_days_gain(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain, day = Chain(spark, tmp_path, max_line_bytes=1000), date(2034, 3, 3)
    after, away = day + timedelta(days=1), day + timedelta(days=2)
    landed(chain, day, after, away)
    refuse(
        chain, day, "requests", "BAD_TIMESTAMP", f"{day}T10:00 u2 192.0.2.1 /once-refused", "no request", f"{after}T10:00 u1 ::1 /future"
    )
    refuse(chain, day, "requests", "TOO_LONG", f"{day}T10:00 u2 192.0.2.1 /{'x' * 1000}")
    refuse(chain, after, "requests", "BAD_IP", f"{day}T10:00 u2 ::ffff:192.0.2.1 /late", "no request")
    # A user of one day is not that of another: they disagree in nothing.
    refuse(chain, day, "users", "BAD_VALUE", '{"user_id":"old","age":99}')
    refuse(chain, after, "users", "BAD_VALUE", '{"user_id":"old","age":100}')
    refuse(chain, away, "profiles", "MALFORMED", "u9,1")
    (chain.landing.folder("users", away) / "u.json").unlink()  # a run from the marker alone would be one of an empty file
    before = snapshots(spark)
    capsys.readouterr()
    assert replay(chain, day, away, tmp_path / "result.json") == [str(day), str(after)]
    told = capsys.readouterr().out
    assert table(told) == [
        [str(day), "requests", "BAD_TIMESTAMP", "3", "1", "0"],
        [str(day), "requests", "TOO_LONG", "1", "0", "0"],
        [str(day), "users", "BAD_VALUE", "1", "1", "0"],
        [str(after), "requests", "BAD_IP", "2", "1", "0"],
        [str(after), "users", "BAD_VALUE", "1", "1", "0"],
        [str(away), "profiles", "MALFORMED", "1", "1", "0"],
    ]
    assert f"2 days gain by being run again: {day}, {after}\n" in told
    assert f"would gain too, but lie in the landing folder no more, or not whole: {away}\n" in told
    assert snapshots(spark) == before

    # A late line changes its own landing and the day that it belongs to.
    assert replay(chain, after, after, tmp_path / "result.json", dataset="requests") == [str(day), str(after)]
    assert replay(chain, after, after, tmp_path / "result.json", dataset="users", reason="BAD_VALUE") == [str(after)]
    assert replay(chain, day, day, tmp_path / "result.json", reason="TOO_LONG") == []
    assert replay(chain, day - timedelta(days=9), day - timedelta(days=1), tmp_path / "result.json") == []
    assert "no such line is in quarantine there" in capsys.readouterr().out


def test_corrections_of_the_landing_are_tried_and_once_the_days_have_run_nothing_gains(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain, day = Chain(spark, tmp_path, max_line_bytes=1000), date(2034, 4, 3)
    requests = ["bad 1", "bad 2", "bad 3", "left alone"]
    users = ['{"user_id":"u1","age":"1"}', '{"user_id":"two","age":1}', '{"user_id":"two","age":2}', '{"user_id":"new"']
    landed(chain, day, requests=requests, users=users, profiles=["-,x"])
    assert replay(chain, day, day, tmp_path / "result.json") == []
    chain.landing.corrections(
        day, "requests", "a.jsonl",
        [fix("bad 1", f"{day}T10:00:00Z u2 192.0.2.1 /good"), fix("bad 2", None), fix("bad 3", "worse")],
    )  # fmt: skip
    corrections = [fix(users[0], '{"user_id":"u1","age":9}'), fix(users[1], None), fix(users[3], '{"user_id":"new"}')]
    chain.landing.corrections(day, "users", "a.jsonl", corrections)
    capsys.readouterr()
    assert replay(chain, day, day, tmp_path / "result.json") == [str(day)]
    assert table(capsys.readouterr().out) == [
        [str(day), "profiles", "MISSING_KEY", "1", "0", "0"],
        [str(day), "requests", "MALFORMED", "4", "1", "1"],
        [str(day), "users", "BAD_VALUE", "1", "0", "0"],  # it would disagree with the u1 that is published
        [str(day), "users", "CONFLICTING_KEY", "2", "1", "1"],
        [str(day), "users", "MALFORMED", "1", "1", "0"],
    ]
    chain.publish(chain.stage("ingest", day))
    assert replay(chain, day, day, tmp_path / "result.json") == []
    chain.landing.corrections(day, "users", "b.jsonl", ["{"])
    with pytest.raises(DataFailed, match=r"users/dt=2034-04-03/b.jsonl line 1: not JSON"):
        replay(chain, day, day, tmp_path / "result.json")


def test_days_that_were_rolled_back_or_whose_gate_is_red_are_told_and_left_as_they_are(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain, day = Chain(spark, tmp_path, max_quarantined_share=0), date(2034, 5, 3)
    before, red = day - timedelta(days=1), day + timedelta(days=7)
    landed(chain, before, day)
    chain.run(day, audited=False)
    chain.gate("ingest", day, chain.restore("ingest", day, chain.summary(day)["release"]))
    chain.landing.requests(red, "a.log", [f"{red}T10:00:00Z u1 192.0.2.1 /x", "no request"])
    chain.landing.complete(red)
    with pytest.raises(DataFailed):
        chain.gate("ingest", red, chain.stage("ingest", red))
    late = f"{before}T10:00 u2 ::ffff:192.0.2.1 /late"
    refuse(chain, day, "requests", "BAD_IP", late)
    assert replay(chain, before, red, tmp_path / "result.json") == []  # the day before has nothing of its own
    told = capsys.readouterr().out
    assert "0 days gain by being run again: -\n" in told
    assert f"would gain too, but were rolled back, which a run of web_activity_daily takes back: {day}\n" in told
    assert f"since their gate of ingest is red; so their bad lines are not in quarantine yet: {red}\n" in told
    chain.gate("ingest", day, chain.stage("ingest", day))
    refuse(chain, day, "requests", "BAD_IP", late)
    assert replay(chain, before, red, tmp_path / "result.json") == [str(before), str(day)]


def test_days_in_the_wrong_order_are_wrong_usage(spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        replay(Chain(spark, tmp_path), date(2034, 1, 2), date(2034, 1, 1), tmp_path / "result.json")
    assert ended.value.code == 64 and "--first-day 2034-01-02 is after --last-day 2034-01-01" in capsys.readouterr().err
