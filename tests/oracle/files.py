"""The landing folder: which files a day has, which of them count twice, and the lines they hold."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ENDINGS = {"requests": ".log", "users": ".json", "profiles": ".csv"}
MARKER = "_SUCCESS"
FORBIDDEN_IN_NAME = re.compile(r"^[_.]|[*?\[\]{}\\\x00-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LandingError(Exception):
    """The landing folder is in a state in which no run may start or go on; the message names the file."""


def day_folder(landing: Path, dataset: str, day: date) -> Path:
    return landing / dataset / f"dt={day.isoformat()}"


def is_complete(landing: Path, dataset: str, day: date) -> bool:
    return (day_folder(landing, dataset, day) / MARKER).is_file()


def source_file(landing: Path, path: Path) -> str:
    """The path below landing/, as raw.requests and the ledger write it."""
    return path.relative_to(landing).as_posix()


def list_files(landing: Path, dataset: str, day: date) -> list[Path]:
    """The data files of a day, sorted by the UTF-8 bytes of their names; LandingError names what may not lie there."""
    entries = [entry for entry in day_folder(landing, dataset, day).iterdir() if entry.name != MARKER]
    for entry in entries:
        _check_entry(landing, entry, ENDINGS[dataset])
    return sorted(entries, key=lambda entry: entry.name.encode())


def _check_entry(landing: Path, entry: Path, ending: str) -> None:
    if not entry.resolve().is_relative_to(landing.resolve()):
        raise LandingError(f"{entry}: leads out of the landing folder")
    if not entry.is_file():
        raise LandingError(f"{entry}: not a file")
    if FORBIDDEN_IN_NAME.search(entry.name) or not entry.name.endswith((ending, f"{ending}.gz")):
        raise LandingError(f"{entry}: not a name of a data file")


def duplicate_files(landing: Path, dataset: str, day: date, late_days: int) -> set[Path]:
    """The files of a day whose bytes were delivered before: the same day under a smaller name, or, for requests,
    in a complete landing of the late_days days before."""
    seen: set[bytes] = set()
    if dataset == "requests":
        for days_back in range(1, late_days + 1):
            earlier = day - timedelta(days=days_back)
            if is_complete(landing, dataset, earlier):
                seen.update(_digest(path) for path in list_files(landing, dataset, earlier))
    duplicates = set()
    for path in list_files(landing, dataset, day):
        digest = _digest(path)
        if digest in seen:
            duplicates.add(path)
        seen.add(digest)
    return duplicates


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def read_lines(path: Path) -> Iterator[bytes]:
    r"""The lines of a file without a byte order mark at its start and without their ends: `\n`, and one `\r`."""
    try:
        yield from _lines(path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LandingError(f"{path}: not a whole gzip file: {error}") from error


def _lines(path: Path) -> Iterator[bytes]:
    if path.suffix == ".gz" and path.stat().st_size == 0:
        raise EOFError("the file is empty")
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        at_start = True
        for line in file:
            if at_start:
                line = line.removeprefix(BYTE_ORDER_MARK)
                at_start = False
                if not line:
                    return
            yield _without_end(line)


def _without_end(line: bytes) -> bytes:
    return line.removesuffix(b"\n").removesuffix(b"\r")


def read_blocklist(landing: Path) -> list[str]:
    """The literals of landing/blocklist.txt; none without the file."""
    path = landing / "blocklist.txt"
    if not path.is_file():
        return []
    return [literal for literal in (line.decode() for line in read_lines(path)) if literal]
