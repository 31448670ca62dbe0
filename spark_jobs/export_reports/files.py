"""Put a day's report files in place together: a reader sees the old folder whole or the new one whole.

No file system replaces a folder that is not empty in one step, but every POSIX one replaces a symbolic link. So each
release is a folder of its own and `dt=D` links to it:

    reports/dt=2026-11-01 -> .versions/2026-11-01-20261102T010203Z-1f2e3d
    reports/.versions/2026-11-01-20261102T010203Z-1f2e3d/index.html …
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from spark_jobs.export_reports.replaces import check_replaces
from spark_jobs.lake.errors import DataFailed, JobError, TryAgain, WrongUsage

VERSIONS = ".versions"


def local_folder(uri: str) -> Path:
    """The folder of a path or a file:// URI. WrongUsage: another scheme."""
    parts = urlsplit(uri)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise WrongUsage(f"reports go to a local folder, a file:// URI or an s3a:// URI, not to {uri}")
    return Path(unquote(parts.path) if parts.scheme else uri)


def day_folder(reports: Path, day: date) -> Path:
    """Where a day's reports are read."""
    return reports / f"dt={day.isoformat()}"


def current_release(reports: Path, day: date) -> str | None:
    """The release that the day's link leads to; None where there is no such link."""
    link = day_folder(reports, day)
    return link.readlink().name if link.is_symlink() else None


def put_in_place(
    reports: Path, day: date, release_id: str, files: Mapping[str, bytes], replaces: str | None, check_current: Callable[[], None]
) -> Path:
    """Write the files aside, switch the day's link to them in one step, then remove the day's other versions.

    A crash before the switch leaves the old folder, one after it the new folder; the next release removes what it left.
    release_id: starts with the day and is new. replaces: the day's release when this one was begun. check_current: asked just before
        the switch; raises where the files are no longer wanted.
    DataFailed: a folder or file that this stage did not make stands where the link belongs.
    TryAgain: another export of the day is at work, or has put another release in the place of `replaces`.
    """
    versions = reports / VERSIONS
    versions.mkdir(parents=True, exist_ok=True)
    link = day_folder(reports, day)
    with _lock(versions / f"{day.isoformat()}.lock", day):
        if link.exists() and not link.is_symlink():
            raise DataFailed(f"{link} is no link of this stage, which would replace it: move it away, run the day again")
        _write_aside(versions / release_id, files)
        try:
            check_current()
            check_replaces(day, replaces, current_release(reports, day))
        except JobError:
            shutil.rmtree(versions / release_id)  # a user who was erased meanwhile may be in it
            raise
        _switch(link, Path(VERSIONS) / release_id, versions / f"{release_id}.link")
        _remove_others(versions, day, release_id)
    return link


@contextmanager
def _lock(path: Path, day: date) -> Iterator[None]:
    """Hold the day: whatever stands aside under it is then a crash's, not another writer's. A crash frees the lock."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TryAgain(f"another export of {day.isoformat()} is putting its files in place") from error
        yield


def _write_aside(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        with (folder / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _sync_folder(folder)


def _switch(link: Path, target: Path, new_link: Path) -> None:
    new_link.symlink_to(target)
    os.replace(new_link, link)
    _sync_folder(link.parent)


def _remove_others(versions: Path, day: date, release_id: str) -> None:
    for path in versions.glob(f"{day.isoformat()}-*"):
        if path.is_symlink():
            path.unlink()
        elif path.name != release_id:
            shutil.rmtree(path)


def _sync_folder(folder: Path) -> None:
    """Make the folder's entries durable: without this a power cut may undo a rename whose success was reported."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
