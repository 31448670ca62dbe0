"""Checks of the machine and of what earlier set-ups left on it."""

import shutil
import sqlite3
import tempfile
from pathlib import Path

from tools.environment.check import Check
from tools.environment.layout import Layout

# A fresh .venv with its scratch files takes about 2 GB.
NEEDED_BYTES = 3_000_000_000


def check_free_disk(folder: Path, needed_bytes: int = NEEDED_BYTES) -> Check:
    free_bytes = shutil.disk_usage(_existing(folder)).free
    return Check(
        "free disk",
        free_bytes >= needed_bytes,
        f"{free_bytes / 1e9:.1f} GB free in {folder}, {needed_bytes / 1e9:.1f} GB needed",
        "make room, or move the clone (or MILLRACE_HOME) to a larger disk",
    )


def check_sqlite_wal(folder: Path) -> Check:
    """The lake's catalog needs SQLite's write-ahead log, which some network file systems cannot do."""
    with tempfile.TemporaryDirectory(dir=_existing(folder), prefix=".millrace-check-") as scratch:
        connection = sqlite3.connect(Path(scratch) / "catalog.db")
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        finally:
            connection.close()
    return Check(
        "SQLite write-ahead log",
        mode == "wal",
        f"SQLite {sqlite3.sqlite_version}, journal mode {mode} in {folder}",
        "set MILLRACE_HOME to a folder on a local disk",
    )


def check_leftovers(layout: Layout) -> Check:
    """Scratch files of a set-up that was killed."""
    leftovers = sorted(path.name for path in layout.state.glob("*.part"))
    found = ", ".join(leftovers) or "none"
    return Check("leftovers of a set-up", not leftovers, found, f"remove them from {layout.state}, or run `make clean`")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
