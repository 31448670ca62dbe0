"""Writes a generated day into a landing folder, in the layout of docs/data.md."""

import gzip
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tools.sample_data.bad_lines import bad_profile_lines, bad_user_lines
from tools.sample_data.catalog import BLOCKLIST
from tools.sample_data.people import build_people, user_lines
from tools.sample_data.profiles import profile_lines
from tools.sample_data.requests import Part, request_chunks

DATASETS = ("requests", "users", "profiles")
# The share of the request lines that each file gets; the gzip file, which no reader can split, is the smallest.
REQUEST_FILES = {"access-1.log": 0.5, "access-2.log.gz": 0.15, "access-3.log": 0.35}
FOUR_FIELDS_SHARE = {"combined": 0.0, "four": 1.0, "mixed": 0.4}
GZIP_LEVEL = 4


class AlreadyThere(Exception):
    """A day's folder exists; the message names it and the remedy."""


@dataclass(frozen=True)
class Plan:
    """What one call generates."""

    landing: Path
    seed: int
    requests: int
    users: int
    line_format: str  # a key of FOUR_FIELDS_SHARE


@dataclass(frozen=True)
class Written:
    """A file of the landing folder."""

    path: Path
    lines: int
    size_bytes: int


def check_absent(landing: Path, days: Iterable[date]) -> None:
    """AlreadyThere if a day has landed, or was left half written."""
    for day in days:
        for dataset in DATASETS:
            folder = _folder(landing, dataset, day)
            if folder.exists():
                state = "has landed" if (folder / "_SUCCESS").exists() else "is there, without its _SUCCESS"
                raise AlreadyThere(
                    f"{folder} {state}: nothing was written. "
                    f"Choose another --day or --landing, or remove the dt={day} folders of {', '.join(DATASETS)} first."
                )


def write_day(plan: Plan, day: date) -> list[Written]:
    """Writes the files of all three datasets and the blocklist, if there is none, and then the markers.

    All is written aside first, so that a call that was killed leaves nothing where a day would be looked for.
    """
    aside = replace(plan, landing=plan.landing / ".sample_data.part")
    shutil.rmtree(aside.landing, ignore_errors=True)
    for dataset in DATASETS:
        _folder(aside.landing, dataset, day).mkdir(parents=True)
    written = [*_write_requests(aside, day), _write_users(aside, day), _write_profiles(aside, day)]
    for dataset in DATASETS:
        folder = _folder(plan.landing, dataset, day)
        folder.parent.mkdir(exist_ok=True)
        _folder(aside.landing, dataset, day).rename(folder)
    shutil.rmtree(aside.landing)
    _write_blocklist(plan.landing)
    for dataset in DATASETS:
        (_folder(plan.landing, dataset, day) / "_SUCCESS").touch()
    return [replace(file, path=plan.landing / file.path.relative_to(aside.landing)) for file in written]


def _write_requests(plan: Plan, day: date) -> Iterator[Written]:
    people = build_people(plan.users, plan.seed)
    remaining = plan.requests
    for index, (name, share) in enumerate(REQUEST_FILES.items()):
        is_last = index == len(REQUEST_FILES) - 1
        lines = remaining if is_last else round(plan.requests * share)
        remaining -= lines
        part = Part(day, lines, FOUR_FIELDS_SHARE[plan.line_format], has_too_long_line=name.endswith(".gz"))
        rng = np.random.default_rng([plan.seed, day.toordinal(), index])
        yield _write(_folder(plan.landing, "requests", day) / name, request_chunks(part, people, rng))


def _write_users(plan: Plan, day: date) -> Written:
    good = user_lines(plan.users, plan.seed)
    # The last user comes twice, in equal rows: one of them is a duplicate.
    return _write(_folder(plan.landing, "users", day) / "users.json", [[*good, good[-1], *bad_user_lines()]])


def _write_profiles(plan: Plan, day: date) -> Written:
    lines = [*profile_lines(plan.users, plan.seed), *bad_profile_lines()]
    return _write(_folder(plan.landing, "profiles", day) / "profiles.csv", [lines])


def _write(path: Path, chunks: Iterable[list[bytes]]) -> Written:
    lines = 0
    with _open(path) as file:
        for chunk in chunks:
            file.write(b"\n".join(chunk) + b"\n")
            lines += len(chunk)
    return Written(path, lines, path.stat().st_size)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    """A new file; a gzip file holds neither its name nor the time, so that equal lines give equal bytes."""
    with path.open("xb") as file:
        if path.suffix != ".gz":
            yield file
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=GZIP_LEVEL) as zipped:
            yield zipped


def _write_blocklist(landing: Path) -> None:
    path = landing / "blocklist.txt"
    if not path.exists():
        path.write_text("".join(f"{literal}\n" for literal in BLOCKLIST), encoding="utf-8")


def _folder(landing: Path, dataset: str, day: date) -> Path:
    return landing / dataset / f"dt={day.isoformat()}"
