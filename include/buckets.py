"""Whether a place in a bucket can be used, asked without Airflow and Spark."""

from collections.abc import Callable
from uuid import uuid4

import fsspec
from botocore.exceptions import BotoCoreError

REMEDY = "check the URI, AWS_ENDPOINT_URL, AWS_DEFAULT_REGION and the profile in AWS_SHARED_CREDENTIALS_FILE"


class BucketError(Exception):
    """A bucket that is not there, refuses, or does not answer. fault: the place and what was answered; the message adds a remedy."""

    def __init__(self, uri: str, error: Exception) -> None:
        self.fault = f"{uri}: {type(error).__name__}: {error}"
        super().__init__(f"{self.fault}; {REMEDY}")


def is_in_bucket(uri: str) -> bool:
    return uri.startswith("s3a://")


def require_listing(uri: str) -> None:
    """BucketError unless the folder can be listed, empty or not. A folder on a disk is not asked.

    Else a bucket whose name is mistyped looks like a folder in which nothing has landed yet.
    """

    def list_one(filesystem: fsspec.AbstractFileSystem, path: str) -> None:
        bucket, _, prefix = path.partition("/")
        filesystem.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)

    _require(uri, list_one)


def require_writing(uri: str) -> None:
    """BucketError unless an object can be written into the folder and removed. A folder on a disk is not asked."""

    def write_one(filesystem: fsspec.AbstractFileSystem, path: str) -> None:
        probe = f"{path.rstrip('/')}/.probe-{uuid4().hex}"
        filesystem.pipe_file(probe, b"")
        filesystem.rm_file(probe)

    _require(uri, write_one)


def _require(uri: str, ask: Callable[[fsspec.AbstractFileSystem, str], None]) -> None:
    if not is_in_bucket(uri):
        return
    filesystem, path = fsspec.url_to_fs(uri, use_listings_cache=False, skip_instance_cache=True)
    try:
        ask(filesystem, path)
    except (OSError, BotoCoreError) as error:
        raise BucketError(uri, error) from error
