from datetime import date
from pathlib import Path

import pytest

from include.buckets import BucketError
from include.landing import landed_bytes, missing_markers
from tests.landing import Landing
from tests.s3 import Bucket

DAY = date(2026, 11, 1)


def test_the_missing_markers_are_named_as_uris(tmp_path: Path) -> None:
    Landing(tmp_path).complete(DAY, "requests")
    assert missing_markers(tmp_path.as_uri(), "2026-11-01") == [
        f"{tmp_path.as_uri()}/users/dt=2026-11-01/_SUCCESS",
        f"{tmp_path.as_uri()}/profiles/dt=2026-11-01/_SUCCESS",
    ]


def test_a_day_with_its_three_markers_has_landed(tmp_path: Path) -> None:
    Landing(tmp_path).complete(DAY)
    assert missing_markers(f"{tmp_path.as_uri()}/", "2026-11-01") == []


def test_the_markers_of_another_day_do_not_count(tmp_path: Path) -> None:
    Landing(tmp_path).complete(date(2026, 11, 2))
    assert len(missing_markers(tmp_path.as_uri(), "2026-11-01")) == 3


def test_files_without_a_marker_have_not_landed(tmp_path: Path) -> None:
    Landing(tmp_path).users(DAY, "a.json", [{"user_id": "u1"}])
    assert f"{tmp_path.as_uri()}/users/dt=2026-11-01/_SUCCESS" in missing_markers(tmp_path.as_uri(), "2026-11-01")


def test_the_landed_bytes_are_those_of_the_day_as_they_would_be_unpacked(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    plain = landing.users(DAY, "a b.json", [{"user_id": "u1"}])
    packed = landing.requests(DAY, "a.log", ["x" * 1000], gz=True)
    landing.users(date(2026, 11, 2), "a.json", [{"user_id": "u1"}])
    assert landed_bytes(tmp_path.as_uri(), "2026-11-01") == plain.stat().st_size + 10 * packed.stat().st_size
    assert landed_bytes(tmp_path.as_uri(), "2026-11-03") == 0


def test_a_bucket_that_is_not_there_is_no_day_that_has_not_landed(s3: None) -> None:
    with pytest.raises(BucketError, match=r"s3a://no-such-bucket/landing: .*bucket does not exist; check the URI, AWS_ENDPOINT_URL"):
        missing_markers("s3a://no-such-bucket/landing", "2026-11-01")


def test_a_landing_in_a_bucket(bucket: Bucket) -> None:
    landing = bucket.uri("landing")
    assert len(missing_markers(landing, "2026-11-01")) == 3
    assert landed_bytes(landing, "2026-11-01") == 0
    for dataset in ("users", "requests", "profiles"):
        bucket.write(f"landing/{dataset}/dt=2026-11-01/_SUCCESS", b"")
    bucket.write("landing/requests/dt=2026-11-01/a b.log.gz", b"x" * 7)
    assert missing_markers(landing, "2026-11-01") == []  # what is written is seen at once
    assert landed_bytes(landing, "2026-11-01") == 70
