"""The past of a table: branches, tags, older snapshots, and every file that the newest snapshot does not need."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from spark_jobs.lake.errors import DataFailed, TryAgain
from spark_jobs.lake.iceberg import each, load_table, retry_passing
from spark_jobs.lake.paths import files_below, remove
from spark_jobs.lake.table import Table


@dataclass(frozen=True)
class Gone:
    """What a table has lost."""

    branches: int
    snapshots: int
    files: int


def forget_history(spark: Any, table: Table) -> Gone:
    """Leave main's newest snapshot alone, with nothing but its own files below the table's folder. Run again, it finds nothing to do.

    Nobody may be writing the table: a commit at work has files that nothing names yet. DataFailed: see _needed_files. TryAgain: a commit
    came meanwhile.
    """
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return Gone(0, 0, 0)
    branches = _drop_refs(loaded)
    _drop_entries_of_deleted_files(spark, loaded)
    snapshots = _expire(loaded)
    return Gone(branches, snapshots, _remove_needless_files(spark, table))


def _drop_refs(loaded: Any) -> int:
    """Branches and tags."""

    def commit() -> int:
        loaded.refresh()
        refs = loaded.refs()
        names = {name: refs[name].isBranch() for name in refs if name != "main"}
        if names:
            managing = loaded.manageSnapshots()
            for name, is_branch in names.items():
                managing = managing.removeBranch(name) if is_branch else managing.removeTag(name)
            managing.commit()
        return len(names)

    return retry_passing(f"drop the branches of {loaded.name()}", commit)


def _drop_entries_of_deleted_files(spark: Any, loaded: Any) -> None:
    """A manifest goes on listing files that a commit has deleted, with the smallest and largest value of each column: write those anew.

    Iceberg's procedure for Spark leaves a single manifest alone, its own interface does not. The function says which entries belong
    together: all.
    """

    def commit() -> None:
        loaded.refresh()
        manifests = loaded.currentSnapshot().dataManifests(loaded.io())
        if any(manifest.deletedFilesCount() for manifest in manifests):
            all_alike = spark._jvm.com.google.common.base.Functions.constant("")
            loaded.rewriteManifests().clusterBy(all_alike).commit()

    retry_passing(f"rewrite the manifests of {loaded.name()}", commit)


def _expire(loaded: Any) -> int:
    def commit() -> int:
        loaded.refresh()
        head = loaded.currentSnapshot().snapshotId()
        older = [snapshot.snapshotId() for snapshot in each(loaded.snapshots()) if snapshot.snapshotId() != head]
        if older:
            # Without an age of its own, Iceberg would also expire whatever is older than its default.
            expiring = loaded.expireSnapshots().expireOlderThan(0)
            for snapshot_id in older:
                expiring = expiring.expireSnapshotId(snapshot_id)
            expiring.commit()
        return len(older)

    return retry_passing(f"expire snapshots of {loaded.name()}", commit)


def _remove_needless_files(spark: Any, table: Table) -> int:
    loaded = load_table(spark, table)
    there = {_path(entry.uri): entry.uri for entry in files_below(spark, loaded.location())}  # type: ignore[union-attr]
    needed = _needed_files(spark, table, loaded, set(there))
    needless = [uri for path, uri in there.items() if path not in needed]
    before = loaded.operations().current().metadataFileLocation()  # type: ignore[union-attr]
    if loaded.operations().refresh().metadataFileLocation() != before:  # type: ignore[union-attr]
        raise TryAgain(f"{table.name} was written while its past was being removed: end what writes it, and erase again")
    for uri in needless:
        remove(spark, uri)
    return len(needless)


def _needed_files(spark: Any, table: Table, loaded: Any, there: set[str]) -> set[str]:
    """The files of the newest snapshot. DataFailed: one of them is not among the files `there`, so that the names of both cannot be
    compared, and nothing may be removed."""
    head, io = loaded.currentSnapshot(), loaded.io()
    manifests = [manifest.path() for manifest in head.allManifests(io)]
    statistics = [each.path() for each in loaded.statisticsFiles()]
    files = [row.file_path for row in spark.table(f"{table.identifier}.files").select("file_path").collect()]
    needed = {_path(uri) for uri in [loaded.operations().current().metadataFileLocation(), head.manifestListLocation()]}
    needed |= {_path(uri) for uri in [*manifests, *statistics, *files]}
    lost = sorted(needed - there)
    if lost:
        raise DataFailed(f"{table.name}: {lost[0]}, which its newest snapshot needs, is not below {loaded.location()}: nothing was removed")
    return needed


def _path(uri: str) -> str:
    """A file's place without the ways to write its scheme."""
    parts = urlsplit(uri)
    return f"{parts.netloc}{parts.path}"
