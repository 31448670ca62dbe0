"""The swap of a day's folder: complete before and after, also when a step fails."""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from spark_jobs.export_reports.files import current_release, day_folder, local_folder, put_in_place
from spark_jobs.lake.errors import DataFailed, TryAgain, WrongUsage

DAY = date(2026, 11, 1)
OLD = {"index.html": b"old page", "user_daily.csv": b"old rows"}
NEW = {"index.html": b"new page", "user_daily.csv": b"new rows", "summary.json": b"{}"}


def nothing_newer() -> None:
    """No other run has published the day meanwhile."""


def something_newer() -> None:
    raise DataFailed("published anew")


def put(reports: Path, day: date, release: str, files: dict[str, bytes], check_current: Callable[[], None] = nothing_newer) -> Path:
    return put_in_place(reports, day, release, files, current_release(reports, day), check_current)


def read(reports: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in day_folder(reports, DAY).iterdir()}


def versions(reports: Path) -> list[str]:
    return sorted(path.name for path in (reports / ".versions").iterdir())


def test_first_release(tmp_path: Path) -> None:
    folder = put(tmp_path / "reports", DAY, "2026-11-01-a", NEW)
    assert folder == tmp_path / "reports" / "dt=2026-11-01"
    assert read(tmp_path / "reports") == NEW


def test_the_old_release_goes_whole(tmp_path: Path) -> None:
    put(tmp_path, DAY, "2026-11-01-a", OLD)
    put(tmp_path, DAY, "2026-11-01-b", NEW)
    assert read(tmp_path) == NEW
    assert versions(tmp_path) == ["2026-11-01-b", "2026-11-01.lock"]


def test_an_older_release_does_not_take_the_place_of_a_newer_one(tmp_path: Path) -> None:
    put(tmp_path, DAY, "2026-11-01-b", NEW)
    with pytest.raises(DataFailed, match="published anew"):
        put(tmp_path, DAY, "2026-11-01-a", OLD, something_newer)
    assert read(tmp_path) == NEW
    assert versions(tmp_path) == ["2026-11-01-b", "2026-11-01.lock"]


def test_other_days_stay(tmp_path: Path) -> None:
    put(tmp_path, date(2026, 11, 10), "2026-11-10-a", OLD)
    put(tmp_path, DAY, "2026-11-01-b", NEW)
    assert (tmp_path / "dt=2026-11-10" / "index.html").read_bytes() == b"old page"


def test_reports_can_be_moved_as_a_whole(tmp_path: Path) -> None:
    put(tmp_path / "here", DAY, "2026-11-01-a", NEW)
    (tmp_path / "here").rename(tmp_path / "there")
    assert read(tmp_path / "there") == NEW


class Crash(Exception):
    """A step that fails as if the process had died there."""


@pytest.mark.parametrize(
    ("module", "step", "call", "seen"),
    [
        pytest.param(os, "fsync", 1, OLD, id="while the first file is written"),
        pytest.param(os, "fsync", 3, OLD, id="while the last file is written"),
        pytest.param(Path, "symlink_to", 1, OLD, id="before the new link"),
        pytest.param(os, "replace", 1, OLD, id="before the switch"),
        pytest.param(os, "fsync", 5, NEW, id="after the switch"),
        pytest.param(shutil, "rmtree", 1, NEW, id="before the old release is removed"),
    ],
)
def test_a_crash_leaves_one_whole_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, step: str, call: int, seen: dict[str, bytes]
) -> None:
    put(tmp_path, DAY, "2026-11-01-a", OLD)
    real, calls = getattr(module, step), []

    def crash_at_call(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == call:
            raise Crash
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, step, crash_at_call)
        with pytest.raises(Crash):
            put(tmp_path, DAY, "2026-11-01-b", NEW)
    assert read(tmp_path) == seen

    # The next release works and clears what the crash left.
    put(tmp_path, DAY, "2026-11-01-c", NEW)
    assert read(tmp_path) == NEW
    assert versions(tmp_path) == ["2026-11-01-c", "2026-11-01.lock"]


def test_a_reader_never_misses_the_day(tmp_path: Path) -> None:
    put(tmp_path, DAY, "2026-11-01-0", {"n": b"0"})
    targets: list[str] = []
    done = threading.Event()

    def follow_link() -> None:
        while not done.is_set():
            targets.append(os.readlink(day_folder(tmp_path, DAY)))

    reader = threading.Thread(target=follow_link)
    reader.start()
    try:
        for release in range(1, 30):
            put(tmp_path, DAY, f"2026-11-01-{release}", {"n": b"%d" % release})
            seen = len(targets)
            while len(targets) < seen + 2 and reader.is_alive():  # the first may have looked before
                time.sleep(0.001)
    finally:
        done.set()
        reader.join()
    releases = [int(target.rpartition("-")[2]) for target in targets]
    assert releases == sorted(releases) and set(releases) >= set(range(1, 30))
    assert (day_folder(tmp_path, DAY) / "n").read_bytes() == b"29"


def test_a_folder_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "dt=2026-11-01").mkdir()
    (tmp_path / "dt=2026-11-01" / "notes.txt").write_text("mine")
    with pytest.raises(DataFailed, match=r"dt=2026-11-01.*move it away"):
        put(tmp_path, DAY, "2026-11-01-a", NEW)
    assert (tmp_path / "dt=2026-11-01" / "notes.txt").read_text() == "mine"


def test_two_exports_of_a_day_do_not_meet(tmp_path: Path) -> None:
    put(tmp_path, DAY, "2026-11-01-a", OLD)
    with (tmp_path / ".versions" / "2026-11-01.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TryAgain, match="another export of 2026-11-01"):
            put(tmp_path, DAY, "2026-11-01-b", NEW)
    assert read(tmp_path) == OLD


def test_an_export_that_another_one_has_overtaken_begins_again(tmp_path: Path) -> None:
    """Both are of the same data, as two tries of one run are."""
    put(tmp_path, DAY, "2026-11-01-a", OLD)
    before = current_release(tmp_path, DAY)
    put(tmp_path, DAY, "2026-11-01-c", NEW)
    with pytest.raises(TryAgain, match="another export of 2026-11-01 has put 2026-11-01-c in place since"):
        put_in_place(tmp_path, DAY, "2026-11-01-b", OLD, before, nothing_newer)
    assert read(tmp_path) == NEW
    put(tmp_path, DAY, "2026-11-01-d", NEW)
    assert versions(tmp_path) == ["2026-11-01-d", "2026-11-01.lock"]


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("/data/reports", "/data/reports"),
        ("var/reports", "var/reports"),
        ("file:///data/my%20reports", "/data/my reports"),
        ("file:/data/reports", "/data/reports"),
    ],
)
def test_local_folder(uri: str, folder: str) -> None:
    assert local_folder(uri) == Path(folder)


@pytest.mark.parametrize("uri", ["ftp://server/reports", "file://elsewhere/reports"])
def test_other_places_are_refused(uri: str) -> None:
    with pytest.raises(WrongUsage, match=uri):
        local_folder(uri)
