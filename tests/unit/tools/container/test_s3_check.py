"""The check of the buckets before the containers start."""

from typing import Any

import pytest

from include.settings import Settings
from tests.s3 import Bucket
from tools.container.s3_check import check


def test_buckets_that_can_be_used_are_left_as_they_were(bucket: Bucket) -> None:
    assert check(Settings(landing_uri=bucket.uri("landing"), warehouse_uri=bucket.uri("lake/warehouse"))) == []
    assert bucket.names("lake") == []


def test_folders_on_a_disk_are_not_asked_for() -> None:
    assert check(Settings()) == []


@pytest.mark.parametrize("name", ["landing", "warehouse", "work", "reports"])
def test_a_missing_bucket_is_named(s3: None, name: str) -> None:
    uri: dict[str, Any] = {f"{name}_uri": "s3a://no-such-bucket/folder"}
    (fault,) = check(Settings(**uri))
    assert fault.startswith(f"{name} s3a://no-such-bucket/folder: ")
    assert "bucket does not exist" in fault


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (fault,) = check(Settings(landing_uri="s3a://bucket/landing"))
    assert "Could not connect" in fault and "http://127.0.0.1:9" in fault
