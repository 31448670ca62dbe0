"""Corrections of a landed day: what stands in for a bad line, by the SHA-256 of its bytes. Rules: docs/data.md, "Corrections"."""

import json
import re
import reprlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import SparkSession

from spark_jobs.ingest import datasets
from spark_jobs.ingest.datasets import Dataset
from spark_jobs.ingest.landing import REFUSED_CHARACTERS, REFUSED_LEFT_OUT, REFUSED_LINK, REFUSED_NAME, leads_out, left_out
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import Entry, join, list_folder, read_bytes
from spark_jobs.lake.visible import visible

FOLDER = "_corrections"
ENDING = ".jsonl"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# They are read by the driver and sent to every task; who has more to correct delivers the file anew.
MAX_FILE_BYTES = 16 * 1024 * 1024
SHA256 = re.compile("[0-9a-f]{64}")
DAY_FOLDER = re.compile("dt=([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Correction:
    """What stands in for a bad line of a landed day.

    place: the line's, `<dataset>/dt=<day>/<sha256>`. replacement: None where the line is dropped.
    source_file: the file of corrections, its path below the landing folder; line_number: from 1.
    """

    place: str
    replacement: bytes | None
    source_file: str
    line_number: int

    def __str__(self) -> str:
        return f"{visible(self.source_file)} line {self.line_number} ({self.place.rpartition('/')[2]})"


@dataclass(frozen=True)
class Corrections:
    """A dataset's corrections of one landed day. files: all that were read, those without a line too, as paths below the landing folder."""

    files: list[str]
    items: list[Correction]


def check_folders(spark: SparkSession, landing_uri: str) -> None:
    """DataFailed: a folder of corrections that no dataset and day would ever read."""
    known = [dataset.name for dataset in datasets.ALL]
    entries = list_folder(spark, join(landing_uri, FOLDER))
    strange = [f"{FOLDER}/{name}" for name in left_out(join(landing_uri, FOLDER), entries)]
    for entry in entries:
        if entry.name not in known or not entry.is_folder:
            strange.append(f"{FOLDER}/{entry.name}")
            continue
        days = list_folder(spark, entry.uri)
        names = [day.name for day in days if not (day.is_folder and _is_of_a_day(day.name))] + left_out(entry.uri, days)
        strange += [f"{FOLDER}/{entry.name}/{name}" for name in names]
    if strange:
        raise DataFailed(
            f"{', '.join(map(repr, strange))}: nobody would read it, nothing was staged. Corrections lie at "
            f"{FOLDER}/<dataset>/dt=<day>/*{ENDING}, the datasets are {', '.join(known)}; rename it or move it away."
        )


def _is_of_a_day(name: str) -> bool:
    found = DAY_FOLDER.fullmatch(name)
    if found is None:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def read_corrections(spark: SparkSession, landing_uri: str, dataset: Dataset, day: date) -> Corrections:
    """DataFailed: an entry that is no file of corrections, or a line that is no correction; it is named."""
    folder = f"{FOLDER}/{dataset.folder(day)}"
    files: list[str] = []
    by_place: dict[str, Correction] = {}
    entries = list_folder(spark, join(landing_uri, folder))
    for name in left_out(join(landing_uri, folder), entries):
        raise DataFailed(f"{f'{folder}/{name}'!r}: {REFUSED_LEFT_OUT}; nothing was staged. Mend it or take it away.")
    for entry in entries:
        source_file = f"{folder}/{entry.name}"
        _check_entry(source_file, entry, landing_uri)
        files.append(source_file)
        for one in parse_corrections(source_file, dataset.folder(day), read_bytes(spark, entry.uri)):
            first = by_place.setdefault(one.place, one)
            if first.replacement != one.replacement:
                raise _refused(one.source_file, one.line_number, f"another correction of a line that {first} corrects already")
    return Corrections(files, list(by_place.values()))


def _check_entry(source_file: str, entry: Entry, landing_uri: str) -> None:
    fault = None
    if entry.is_folder or not entry.name.endswith(ENDING) or entry.name[0] in "_.":
        fault = f"not a file of corrections, *{ENDING}"
    elif REFUSED_CHARACTERS.search(entry.name):
        fault = REFUSED_NAME
    elif leads_out(entry.uri, landing_uri):
        fault = REFUSED_LINK
    elif entry.size_bytes > MAX_FILE_BYTES:
        fault = (
            f"{entry.size_bytes:,} bytes are more than the {MAX_FILE_BYTES:,} of a file of corrections: deliver the day's file anew instead"
        )
    if fault:
        raise DataFailed(f"{source_file!r}: {fault}; nothing was staged. Rename it, mend it or move it away.")


def parse_corrections(source_file: str, landing_folder: str, content: bytes) -> list[Correction]:
    """The corrections of a file, in its order. DataFailed: a line is none; the message tells which and why."""
    lines = content.removeprefix(BYTE_ORDER_MARK).split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [_parse(source_file, landing_folder, number, line) for number, line in enumerate(lines, 1)]


def _parse(source_file: str, landing_folder: str, number: int, line: bytes) -> Correction:
    try:
        sha256, replacement = _parsed(line)
    except ValueError as error:
        raise _refused(source_file, number, str(error)) from error
    return Correction(f"{landing_folder}/{sha256}", replacement, source_file, number)


def _parsed(line: bytes) -> tuple[str, bytes | None]:
    """ValueError, with what is wrong: the line is no correction."""
    try:
        found = json.loads(line.decode(), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    if set(found) not in ({"sha256", "replacement"}, {"sha256", "drop"}):
        raise ValueError(f'its keys are {reprlib.repr(sorted(found))}; they must be "sha256" and either "replacement" or "drop"')
    sha256 = found["sha256"]
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise ValueError(f'"sha256" is {reprlib.repr(sha256)}, not 64 hex digits in lower case')
    return sha256, None if _is_drop(found) else _replacement(found["replacement"])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _is_drop(found: dict[str, Any]) -> bool:
    if "drop" in found and found["drop"] is not True:
        raise ValueError(f'"drop" is {reprlib.repr(found["drop"])}, it can only be true')
    return "drop" in found


def _replacement(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError(f'"replacement" is {reprlib.repr(text)}, not a string')
    if "\n" in text:
        raise ValueError('"replacement" holds a newline: one line stands in for one')
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError('"replacement" holds half of a surrogate pair, which no UTF-8 can hold') from error


def _refused(source_file: str, number: int, fault: str) -> DataFailed:
    return DataFailed(f"{visible(source_file)} line {number}: {fault}. Nothing was staged; mend the line or take it out.")
