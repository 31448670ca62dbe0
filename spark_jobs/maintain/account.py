"""What a table holds: its account before and after the upkeep."""

from dataclasses import dataclass
from typing import Any

from spark_jobs.lake.iceberg import each
from spark_jobs.lake.paths import hadoop_path, list_folder


@dataclass(frozen=True)
class Account:
    """files, data_bytes: of main's snapshot; snapshots: all that can be read; metadata_bytes: of the table's metadata folder; folder_bytes:
    all of its folder, with what only older snapshots hold and what nothing names."""

    files: int
    data_bytes: int
    snapshots: int
    branches: int
    metadata_bytes: int
    folder_bytes: int

    def cells(self) -> list[str]:
        return [
            f"{self.files:,}", f"{self.data_bytes / 2**20:,.1f}", f"{self.snapshots:,}", f"{self.branches:,}",
            f"{self.metadata_bytes / 2**20:,.1f}", f"{self.folder_bytes / 2**20:,.1f}",
        ]  # fmt: skip


COLUMNS = ("files", "MiB", "snapshots", "branches", "metadata MiB", "folder MiB")


def account(spark: Any, loaded: Any) -> Account:
    """The account of a loaded Iceberg table, from its metadata alone."""
    head = loaded.currentSnapshot()
    summary = {} if head is None else head.summary()
    metadata = list_folder(spark, f"{loaded.location()}/metadata")
    return Account(
        files=int(summary.get("total-data-files") or 0),
        data_bytes=int(summary.get("total-files-size") or 0),
        snapshots=sum(1 for _ in each(loaded.snapshots())),
        branches=len(stage_branches(loaded)),
        metadata_bytes=sum(entry.size_bytes for entry in metadata),
        folder_bytes=folder_bytes(spark, loaded.location()),
    )


def stage_branches(loaded: Any) -> dict[str, int]:
    """The stages' branches of a table, by name, each with the snapshot at its head."""
    refs = loaded.refs()
    names = [name for name in refs if refs[name].isBranch() and name != "main"]
    return {name: int(refs[name].snapshotId()) for name in names}


def folder_bytes(spark: Any, uri: str) -> int:
    """All bytes below a folder; 0 where it is absent."""
    fs, path = hadoop_path(spark, uri)
    return int(fs.getContentSummary(path).getLength()) if fs.exists(path) else 0
