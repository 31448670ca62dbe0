"""Where the reports are: a local folder or a bucket, by the scheme of its URI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from spark_jobs.export_reports.buckets import PAGE, BucketReports
from spark_jobs.export_reports.files import current_release, day_folder, local_folder, put_in_place


class Reports(Protocol):
    """The folder of all reports."""

    def current(self, day: date) -> str | None:
        """The day's release; None where the day has none."""

    def put(self, day: date, release_id: str, files: Mapping[str, bytes], replaces: str | None, check_current: Callable[[], None]) -> str:
        """Make the files the day's release, all together; returns where its page is. replaces: what the day's release was when this one was
        begun. check_current: asked last before that; raises where another run has a newer one. TryAgain: the day's release is another
        one than `replaces`."""

    def read(self, day: date, name: str) -> bytes | None:
        """A file of the day's release; None where the day has none."""


@dataclass(frozen=True)
class LocalReports:
    """A folder of a POSIX file system (files.py has the errors)."""

    folder: Path

    def current(self, day: date) -> str | None:
        return current_release(self.folder, day)

    def put(self, day: date, release_id: str, files: Mapping[str, bytes], replaces: str | None, check_current: Callable[[], None]) -> str:
        return str(put_in_place(self.folder, day, release_id, files, replaces, check_current) / PAGE)

    def read(self, day: date, name: str) -> bytes | None:
        path = day_folder(self.folder, day) / name
        return path.read_bytes() if path.exists() else None


def reports_at(uri: str) -> Reports:
    """The reports of an s3a:// URI, a file:// URI or a local path. WrongUsage: another scheme."""
    return BucketReports(uri) if uri.startswith("s3a://") else LocalReports(local_folder(uri))
