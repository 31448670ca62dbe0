"""Names of releases: those that the export makes, and no others, on both sides of the submit."""

import argparse
import re
from datetime import UTC, date, datetime

import pytest

from include.releases import RELEASE_LENGTH, RELEASE_PATTERN, parse_release
from spark_jobs.export_reports.job import release_id
from spark_jobs.releases.record import NAME, release_name

DAY = "2026-11-01"
NAMED = "2026-11-01-20261102T010203Z-1f2e3d"


def test_what_the_export_makes_is_a_name() -> None:
    made = release_id(date(2026, 11, 1), datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC))
    assert parse_release(made, DAY) == release_name(made) == made
    assert len(made) == len(NAMED) == RELEASE_LENGTH


def test_airflow_and_the_jobs_mean_the_same() -> None:
    assert f"^{NAME}$" == RELEASE_PATTERN


@pytest.mark.parametrize("text", ["", DAY, f"{NAMED}\n", f"{NAMED}0", NAMED.upper(), NAMED.replace("T", " "), f"../{NAMED}", "latest"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{text!r} is not the name of a release, such as {DAY}-")):
        parse_release(text, DAY)
    with pytest.raises(argparse.ArgumentTypeError, match="is not the name of a release"):
        release_name(text)


def test_a_release_of_another_day_is_told_apart() -> None:
    with pytest.raises(ValueError, match=f"{NAMED} is a release of {DAY} and not of 2026-11-02"):
        parse_release(NAMED, "2026-11-02")
