"""Folders and files of the settings' URIs, on a disk or in a bucket."""

import fsspec
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import attach


def storage_path(uri: str) -> ObjectStoragePath:
    """The path of a file:// or s3a:// URI.

    A bucket is reached with AWS's own settings (include/settings.py) instead of an Airflow connection, so that the jobs and Airflow
    cannot mean different ones.
    """
    scheme = uri.partition("://")[0]
    if scheme == "s3a":
        attach(scheme, fs=fsspec.filesystem(scheme, use_listings_cache=False))
    return ObjectStoragePath(uri)
