"""Which files a day's run reads, and the refusal of what Spark would skip or misread."""

import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlparse

from pyspark.sql import SparkSession

from spark_jobs.ingest.datasets import Dataset
from spark_jobs.lake.errors import DataFailed, InputMissing
from spark_jobs.lake.paths import Entry, exists, join, list_folder, sha256_file

MARKER = "_SUCCESS"
# Spark reads these as a pattern, and on a disk what stands before a colon as a scheme; a control character, or what else ends a line, would
# garble every message about the file.
REFUSED_CHARACTERS = re.compile(r"[:*?\[\]{}\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
REFUSED_NAME = "one of : * ? [ ] { } \\ or a control character in the name"
REFUSED_LEFT_OUT = "a link to nothing, or a checksum file of Hadoop's"
REFUSED_LINK = "a symbolic link that leads out of the landing folder"


@dataclass(frozen=True)
class LandedFile:
    """A file of a landed day. source_file: its path below the landing folder; day: the landing day."""

    dataset: Dataset
    day: date
    source_file: str
    uri: str
    size_bytes: int


def is_complete(spark: SparkSession, landing_uri: str, dataset: Dataset, day: date) -> bool:
    return exists(spark, join(landing_uri, dataset.folder(day), MARKER))


def landed_files(spark: SparkSession, landing_uri: str, dataset: Dataset, day: date) -> list[LandedFile]:
    """The files of a complete day, by name.

    InputMissing: the day is not complete. DataFailed: an entry that is no file of the dataset, each one named.
    """
    folder = join(landing_uri, dataset.folder(day))
    if not is_complete(spark, landing_uri, dataset, day):
        raise InputMissing(f"{join(folder, MARKER)} is missing: the day has not landed; write the files and then the marker")
    entries = [entry for entry in list_folder(spark, folder) if entry.name != MARKER]
    faults = [f"  {entry.name!r}: {fault}" for entry in entries if (fault := _fault(entry, dataset, landing_uri))]
    faults += [f"  {name!r}: {REFUSED_LEFT_OUT}" for name in left_out(folder, entries) if name != MARKER]
    if faults:
        raise DataFailed("\n".join([f"{folder} holds what cannot be read; rename it or move it away, nothing was staged:", *faults]))
    return [LandedFile(dataset, day, f"{dataset.folder(day)}/{e.name}", e.uri, e.size_bytes) for e in entries]


def _fault(entry: Entry, dataset: Dataset, landing_uri: str) -> str | None:
    if entry.is_folder:
        return "a folder; files lie directly in the day's folder"
    if entry.name[0] in "_.":
        return f"a name that starts with {entry.name[0]!r} would be skipped silently"
    if REFUSED_CHARACTERS.search(entry.name):
        return REFUSED_NAME
    if not entry.name.endswith(dataset.endings):
        return f"not one of {', '.join('*' + ending for ending in dataset.endings)}"
    if entry.name.endswith(".gz") and entry.size_bytes == 0:
        return "an empty .gz is a truncated gzip"
    if leads_out(entry.uri, landing_uri):
        return REFUSED_LINK
    return None


def left_out(folder_uri: str, entries: list[Entry]) -> list[str]:
    """What lies in a local folder, if that is there, but not in Hadoop's listing of it."""
    if not _is_local(folder_uri) or not os.path.isdir(_local_path(folder_uri)):
        return []
    return sorted(set(os.listdir(_local_path(folder_uri))) - {entry.name for entry in entries})


def _is_local(uri: str) -> bool:
    return urlparse(uri).scheme in ("", "file")


def _local_path(uri: str) -> str:
    return re.sub(r"^file:(//)?", "", uri)


def leads_out(uri: str, landing_uri: str) -> bool:
    """Whether a file is a link that leads out of the landing folder; only a local file system has links."""
    if not _is_local(uri):
        return False
    file, landing = (os.path.realpath(_local_path(u)) for u in (uri, landing_uri))
    return os.path.commonpath([file, landing]) != landing


def later_files(spark: SparkSession, landing_uri: str, dataset: Dataset, day: date, late_days: int) -> list[LandedFile]:
    """The files of the complete landings after the day that may hold late lines of it, duplicates left out."""
    days = [day + timedelta(days=k) for k in range(1, late_days + 1)]
    complete = [later for later in days if is_complete(spark, landing_uri, dataset, later)]
    files: list[LandedFile] = []
    for later in complete:
        of_day = landed_files(spark, landing_uri, dataset, later)
        repeated = duplicates(spark, of_day, earlier_files(spark, landing_uri, dataset, later, late_days))
        files += [file for file in of_day if file not in repeated]
    return files


def earlier_files(spark: SparkSession, landing_uri: str, dataset: Dataset, day: date, late_days: int) -> list[LandedFile]:
    """The files of the complete landings in the late_days before the day."""
    days = [day - timedelta(days=k) for k in range(late_days, 0, -1)]
    complete = [earlier for earlier in days if is_complete(spark, landing_uri, dataset, earlier)]
    return [file for earlier in complete for file in landed_files(spark, landing_uri, dataset, earlier)]


def duplicates(spark: SparkSession, files: list[LandedFile], before: list[LandedFile]) -> set[LandedFile]:
    """Those of `files` whose bytes were landed before: in `before`, or earlier in `files`. An empty file repeats nothing.

    Only files of equal size are hashed, so that a usual day costs no extra read.
    """
    sizes = Counter(file.size_bytes for file in [*before, *files])
    seen: set[str] = set()
    repeated: set[LandedFile] = set()
    for file in [*before, *files]:
        if file.size_bytes == 0 or sizes[file.size_bytes] == 1:
            continue
        digest = sha256_file(spark, file.uri)
        if digest in seen and file in files:
            repeated.add(file)
        seen.add(digest)
    return repeated
