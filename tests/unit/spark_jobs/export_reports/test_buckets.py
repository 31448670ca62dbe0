"""Reports in a bucket: a day's release changes by one object."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from spark_jobs.export_reports.buckets import BucketReports
from spark_jobs.export_reports.job import release_id
from spark_jobs.export_reports.places import reports_at
from spark_jobs.lake.errors import DataFailed
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


def test_a_day_has_the_files_of_its_newest_release(reports: BucketReports, bucket: Bucket) -> None:
    assert reports.read(DAY, "user_daily.csv") is None
    reports.put(DAY, named(timedelta(hours=1)), OLD, nothing_newer)
    page = reports.put(DAY, named(timedelta()), NEW, nothing_newer)
    assert page == bucket.uri("reports/dt=2026-11-01/index.html")
    # The page forwards to the release's own, beside which the files lie that it links to.
    (target,) = set(re.findall(r'(?:url=|href=")([^"]+)"', bucket.read("reports/dt=2026-11-01/index.html").decode()))
    assert bucket.read(f"reports/dt=2026-11-01/{target}".replace("dt=2026-11-01/../", "")) == b"new"
    assert {name: reports.read(DAY, name) for name in NEW} == NEW
    assert reports.read(DAY, "nothing.csv") is None


def test_an_older_release_does_not_take_the_place_of_a_newer_one(reports: BucketReports) -> None:
    reports.put(DAY, named(timedelta()), NEW, nothing_newer)
    with pytest.raises(DataFailed, match="published anew"):
        reports.put(DAY, named(timedelta(hours=1)), OLD, something_newer)
    assert {name: reports.read(DAY, name) for name in NEW} == NEW


def test_a_release_that_was_not_finished_is_not_seen(reports: BucketReports, monkeypatch: pytest.MonkeyPatch) -> None:
    reports.put(DAY, named(timedelta(hours=1)), OLD, nothing_newer)
    dumps = json.dumps

    def killed(*args: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dumps", killed)
    with pytest.raises(KeyboardInterrupt):
        reports.put(DAY, named(timedelta()), NEW, nothing_newer)
    monkeypatch.setattr(json, "dumps", dumps)
    assert {name: reports.read(DAY, name) for name in OLD} == OLD


def test_old_releases_of_the_day_alone_are_removed(reports: BucketReports, bucket: Bucket) -> None:
    old, recent, new = (named(timedelta(hours=hours)) for hours in (25, 23, 0))
    for release in (old, recent):
        reports.put(DAY, release, OLD, nothing_newer)
    reports.put(date(2026, 11, 10), "2026-11-10-20200101T000000Z-aaaaaa", OLD, nothing_newer)
    reports.put(DAY, new, NEW, nothing_newer)
    kept = {path.split("/")[0] for path in bucket.names("reports/.versions")}
    assert kept == {recent, new, "2026-11-10-20200101T000000Z-aaaaaa"}
