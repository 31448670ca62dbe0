"""Timestamps of request lines: expected values from `date -u -d … +%s`."""

import pytest

from tests.oracle.timestamps import parse_httpd, parse_iso

TEN = 1_793_527_200_000_000  # 2026-11-01T10:00:00Z, microseconds


@pytest.mark.parametrize(
    ("text", "expected_us"),
    [
        ("2026-11-01T10:00:00Z", TEN),
        ("2026-11-01T10:00", TEN),  # no seconds, no offset: UTC
        ("2026-11-01T10:00Z", TEN),
        ("2026-11-01T12:00:00+02", TEN),
        ("2026-11-01T12:00:00+0200", TEN),
        ("2026-11-01T12:00:00+02:00", TEN),
        ("2026-11-01T08:30:00-01:30", TEN),
        ("2026-11-02T04:00:00+18:00", TEN),  # the largest offset
        ("2026-11-01T10:00:00.5Z", TEN + 500_000),
        ("2026-11-01T10:00:00.000001999", TEN + 1),  # cut, not rounded
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("0001-01-01T00:00:00+01:00", -62_135_600_400_000_000),  # year 0 in UTC: still a moment
        ("2024-02-29T00:00Z", 1_709_164_800_000_000),
    ],
)
def test_iso_moments(text: str, expected_us: int) -> None:
    assert parse_iso(text) == expected_us


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-31T10:00:00Z",  # no such day
        "2026-11-01T24:00:00Z",
        "2026-11-01T10:60:00Z",
        "2026-11-01T10:00:60Z",  # no leap seconds
        "0000-01-01T00:00:00Z",
        "2026-11-01T10:00:00+18:01",
        "2026-11-01T10:00:00+19",
        "2026-11-01T10:00:00+01:60",
        "2026-11-01T10:00:00+1",
        "2026-11-01T10:00:00z",
        "2026-11-01t10:00:00Z",
        "2026-11-01T10:00:00.Z",
        "2026-11-01T10:00:00.1234567890Z",  # ten digits
        "2026-11-01T10:00.5Z",  # a fraction needs seconds
        "2026-11-01T10Z",
        "2026-11-01",
        "12026-11-01T10:00:00Z",
        "\u0662026-11-01T10:00:00Z",  # digits of another script
        "x",
    ],
)
def test_iso_that_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        parse_iso(text)


@pytest.mark.parametrize(
    ("text", "expected_us"),
    [("01/Nov/2026:10:00:00 +0000", TEN), ("01/Nov/2026:12:00:00 +0200", TEN), ("01/Nov/2026:08:30:00 -0130", TEN)],
)
def test_httpd_moments(text: str, expected_us: int) -> None:
    assert parse_httpd(text) == expected_us


@pytest.mark.parametrize(
    "text",
    [
        "31/Feb/2026:10:00:00 +0000",
        "01/nov/2026:10:00:00 +0000",
        "01/Foo/2026:10:00:00 +0000",
        "1/Nov/2026:10:00:00 +0000",
        "01/Nov/2026:24:00:00 +0000",
        "01/Nov/2026:10:00:60 +0000",
        "01/Nov/2026:10:00:00",
        "01/Nov/2026:10:00:00 +00:00",
        "01/Nov/2026:10:00:00 Z",
        "",
    ],
)
def test_httpd_that_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        parse_httpd(text)
