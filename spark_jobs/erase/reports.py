"""Reports that hold the name: a day's own, which its next run replaces, and others, which can only be removed."""

import re
from dataclasses import dataclass
from datetime import date

from pyarrow import fs

from spark_jobs.erase.folders import files_with
from spark_jobs.erase.name import Name
from spark_jobs.export_reports.places import reports_at

RELEASE = re.compile(r"(\.versions/(([0-9]{4}-[0-9]{2}-[0-9]{2})-[^/]+))/.*")
FINDINGS = re.compile(r"(raw_log_audit/[^/]+/[^/]+)/.*")


@dataclass(frozen=True)
class Found:
    """days: those whose current report holds the name. folders: of older releases and of findings that hold it."""

    days: frozenset[date]
    folders: tuple[str, ...]


def reports_with(reports_uri: str, name: Name) -> Found:
    """Where the reports hold the name as a name of its own."""
    days, folders = set(), set()
    for file in files_with(reports_uri, name.whole, name.longest_bytes):
        release, findings = RELEASE.fullmatch(file.below), FINDINGS.fullmatch(file.below)
        if release and release[2] == reports_at(reports_uri).current(date.fromisoformat(release[3])):
            days.add(date.fromisoformat(release[3]))
        elif release or findings:
            folders.add(file.path.removesuffix(file.below) + (release or findings)[1])  # type: ignore[index]
    return Found(frozenset(days), tuple(sorted(folders)))


def remove_folders(filesystem: fs.FileSystem, found: Found) -> int:
    for folder in found.folders:
        filesystem.delete_dir(folder)
    return len(found.folders)
