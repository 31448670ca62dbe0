"""A day's report files in a bucket, which knows no links and replaces one object at a time.

Each release is a folder of its own. `dt=D/release.json` names the day's release: it is written after the release's files, so that who
follows it sees all files of one release. `dt=D/index.html`, for people, forwards to that release's page, and comes last:

    reports/dt=2026-11-01/release.json   {"release": "2026-11-01-20261102T010203Z-1f2e3d"}
    reports/dt=2026-11-01/index.html
    reports/.versions/2026-11-01-20261102T010203Z-1f2e3d/index.html …
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pyarrow import fs

from spark_jobs.export_reports.replaces import check_replaces
from spark_jobs.lake.arrow import arrow_folder
from spark_jobs.lake.errors import JobError

VERSIONS, POINTER, PAGE = ".versions", "release.json", "index.html"
FORWARD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Report of {day}</title>
<meta http-equiv="refresh" content="0; url=../{versions}/{release}/{page}">
<a href="../{versions}/{release}/{page}">Report of {day}</a></html>
"""
# There is no lock here: what may be another export's, which is at work, is kept.
KEPT_AT_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class BucketReports:
    """The folder of all reports, at an s3a:// URI."""

    uri: str

    def current(self, day: date) -> str | None:
        """The day's release; None where the day has none."""
        filesystem, root = arrow_folder(self.uri)
        pointer = _read(filesystem, f"{root}/dt={day.isoformat()}/{POINTER}")
        return None if pointer is None else str(json.loads(pointer)["release"])

    def put(self, day: date, release_id: str, files: Mapping[str, bytes], replaces: str | None, check_current: Callable[[], None]) -> str:
        """Write the release, point the day to it, remove the day's releases that are older than a day; returns where the page is.

        replaces: the day's release when this one was begun. check_current: asked just before the day is pointed to it; raises where the
            files are no longer wanted. TryAgain: the day's release is another one than `replaces`.
        """
        filesystem, root = arrow_folder(self.uri)
        folder, version = f"dt={day.isoformat()}", f"{root}/{VERSIONS}/{release_id}"
        for name, content in files.items():
            _write(filesystem, f"{version}/{name}", content)
        try:
            check_current()
            check_replaces(day, replaces, self.current(day))
        except JobError:
            filesystem.delete_dir(version)  # a user who was erased meanwhile may be in it
            raise
        _write(filesystem, f"{root}/{folder}/{POINTER}", json.dumps({"release": release_id}).encode())
        page = FORWARD.format(day=day, versions=VERSIONS, release=release_id, page=PAGE)
        _write(filesystem, f"{root}/{folder}/{PAGE}", page.encode())
        _remove_old(filesystem, f"{root}/{VERSIONS}", day, release_id)
        return f"{self.uri.rstrip('/')}/{folder}/{PAGE}"

    def read(self, day: date, name: str) -> bytes | None:
        """A file of the day's release; None where the day has none."""
        release = self.current(day)
        filesystem, root = arrow_folder(self.uri)
        return None if release is None else _read(filesystem, f"{root}/{VERSIONS}/{release}/{name}")


def _write(filesystem: fs.FileSystem, path: str, content: bytes) -> None:
    with filesystem.open_output_stream(path) as stream:
        stream.write(content)


def _read(filesystem: fs.FileSystem, path: str) -> bytes | None:
    try:
        with filesystem.open_input_stream(path) as stream:
            return bytes(stream.read())
    except FileNotFoundError:
        return None


def _remove_old(filesystem: fs.FileSystem, versions: str, day: date, release_id: str) -> None:
    before = (datetime.now(UTC) - KEPT_AT_LEAST).strftime(f"{day.isoformat()}-%Y%m%dT%H%M%SZ")
    for info in filesystem.get_file_info(fs.FileSelector(versions, allow_not_found=True)):
        if info.base_name.startswith(f"{day.isoformat()}-") and info.base_name < before and info.base_name != release_id:
            filesystem.delete_dir(info.path)
