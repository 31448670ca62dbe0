"""Reports in a bucket: a day's release changes by one object."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from spark_jobs.export_reports.buckets import BucketReports
from spark_jobs.export_reports.job import release_id
from spark_jobs.export_reports.places import reports_at
from spark_jobs.lake.errors import DataFailed, TryAgain
from tests.s3 import Bucket

DAY = date(2026, 11, 1)
OLD = {"index.html": b"old", "user_daily.csv": b"1"}
NEW = {"index.html": b"new", "user_daily.csv": b"2", "top.csv": b"3"}


def nothing_newer() -> None:
    """No other run has published the day meanwhile."""


def something_newer() -> None:
    raise DataFailed("published anew")


@pytest.fixture
def reports(bucket: Bucket) -> BucketReports:
    reports = reports_at(bucket.uri("reports"))
    assert isinstance(reports, BucketReports)
    return reports


def named(age: timedelta) -> str:
    return release_id(DAY, datetime.now(UTC) - age)


def put(reports: BucketReports, day: date, release: str, files: dict[str, bytes], check_current: Callable[[], None] = nothing_newer) -> str:
    return reports.put(day, release, files, reports.current(day), check_current)


def test_a_day_has_the_files_of_its_newest_release(reports: BucketReports, bucket: Bucket) -> None:
    assert reports.read(DAY, "user_daily.csv") is None
    put(reports, DAY, named(timedelta(hours=1)), OLD)
    page = put(reports, DAY, named(timedelta()), NEW)
    assert page == bucket.uri("reports/dt=2026-11-01/index.html")
    # The page forwards to the release's own, beside which the files lie that it links to.
    (target,) = set(re.findall(r'(?:url=|href=")([^"]+)"', bucket.read("reports/dt=2026-11-01/index.html").decode()))
    assert bucket.read(f"reports/dt=2026-11-01/{target}".replace("dt=2026-11-01/../", "")) == b"new"
    assert {name: reports.read(DAY, name) for name in NEW} == NEW
    assert reports.read(DAY, "nothing.csv") is None


def test_an_older_release_does_not_take_the_place_of_a_newer_one(reports: BucketReports, bucket: Bucket) -> None:
    release = named(timedelta())
    put(reports, DAY, release, NEW)
    with pytest.raises(DataFailed, match="published anew"):
        put(reports, DAY, named(timedelta(hours=1)), OLD, something_newer)
    assert {name: reports.read(DAY, name) for name in NEW} == NEW
    assert {name.split("/")[0] for name in bucket.names("reports/.versions")} == {release}


def test_an_export_that_another_one_has_overtaken_begins_again(reports: BucketReports) -> None:
    before, quicker = reports.current(DAY), named(timedelta())
    put(reports, DAY, quicker, NEW)
    with pytest.raises(TryAgain, match=f"another export of {DAY} has put {quicker} in place since"):
        reports.put(DAY, named(timedelta(hours=-1)), OLD, before, nothing_newer)
    assert reports.read(DAY, "index.html") == NEW["index.html"]


def test_a_release_that_was_not_finished_is_not_seen(reports: BucketReports, monkeypatch: pytest.MonkeyPatch) -> None:
    put(reports, DAY, named(timedelta(hours=1)), OLD)
    dumps = json.dumps

    def killed(*args: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dumps", killed)
    with pytest.raises(KeyboardInterrupt):
        put(reports, DAY, named(timedelta()), NEW)
    monkeypatch.setattr(json, "dumps", dumps)
    assert {name: reports.read(DAY, name) for name in OLD} == OLD


def test_old_releases_of_the_day_alone_are_removed(reports: BucketReports, bucket: Bucket) -> None:
    old, recent, new = (named(timedelta(hours=hours)) for hours in (25, 23, 0))
    for release in (old, recent):
        put(reports, DAY, release, OLD)
    put(reports, date(2026, 11, 10), "2026-11-10-20200101T000000Z-aaaaaa", OLD)
    put(reports, DAY, new, NEW)
    kept = {path.split("/")[0] for path in bucket.names("reports/.versions")}
    assert kept == {recent, new, "2026-11-10-20200101T000000Z-aaaaaa"}
