"""An independent reader of the lake: the catalog's SQLite file, Iceberg's metadata and Parquet; no code of ours, no Spark.

Source of the format: Iceberg table spec, version 2, and the JDBC catalog's table `iceberg_tables`.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import duckdb
import fastavro

DELETED = 2


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of main's history. summary: with our properties; of a cherry-picked one those of the snapshot that it was picked from.

    rows: of the whole table; source_id: the staged snapshot that it was picked from, or is itself.
    """

    snapshot_id: int
    summary: dict[str, str]

    @property
    def rows(self) -> int:
        return int(self.summary.get("total-records", 0))

    @property
    def source_id(self) -> int:
        return int(self.summary.get("source-snapshot-id", self.snapshot_id))


class Reader:
    """The lake of a home. work: its work folder; is_kept_up: the upkeep may have removed what is old there; root: where the paths begin
    that the lake names. seen: every snapshot that the reader has met, also those that the upkeep has expired since."""

    def __init__(self, home: Path, work: Path | None = None, is_kept_up: bool = False, root: Path = Path("/")) -> None:
        self.home, self.work, self.is_kept_up, self.root = home, work or home / "work", is_kept_up, root
        self.seen: dict[int, dict[str, Any]] = {}

    def location(self, table: str) -> str | None:
        """Where the catalog says that the table's metadata are now; None where there is no such table, or no catalog yet."""
        namespace, name = table.split(".")
        query = "SELECT metadata_location FROM iceberg_tables WHERE table_namespace = ? AND table_name = ?"
        if not (self.home / "catalog.db").exists():
            return None
        with closing(sqlite3.connect(f"file:{self.home}/catalog.db?mode=ro", uri=True)) as catalog:
            if catalog.execute("SELECT 1 FROM sqlite_master WHERE name = 'iceberg_tables'").fetchone() is None:
                return None
            found = catalog.execute(query, (namespace, name)).fetchone()
        return None if found is None else str(found[0])

    def metadata(self, table: str) -> dict[str, Any] | None:
        location = self.location(table)
        return None if location is None else dict(json.loads(self.local(location).read_text()))

    def history(self, table: str) -> list[Snapshot]:
        """Main's snapshots, the newest first, as far back as the table or this reader knows them."""
        metadata = self.metadata(table)
        if metadata is None or "main" not in metadata["refs"]:
            return []
        self.seen |= {snapshot["snapshot-id"]: snapshot for snapshot in metadata["snapshots"]}
        at, found = self.seen.get(metadata["refs"]["main"]["snapshot-id"]), []
        while at is not None:
            source = self.seen.get(int(at["summary"].get("source-snapshot-id", at["snapshot-id"])), at)
            found.append(Snapshot(at["snapshot-id"], source["summary"] | at["summary"]))
            at = self.seen.get(at.get("parent-snapshot-id"))  # type: ignore[arg-type]
        return found

    def files(self, table: str) -> list[str]:
        """The data files of main's snapshot."""
        metadata = self.metadata(table)
        if metadata is None or "main" not in metadata["refs"]:
            return []
        head = metadata["refs"]["main"]["snapshot-id"]
        manifests = next(snapshot["manifest-list"] for snapshot in metadata["snapshots"] if snapshot["snapshot-id"] == head)
        found = []
        for manifest in self.records(manifests):
            assert manifest["content"] == 0, "a delete file: nothing of ours writes any"
            entries = self.records(manifest["manifest_path"])
            found += [entry["data_file"]["file_path"] for entry in entries if entry["status"] != DELETED]
        return [str(self.local(file)) for file in found]

    def rows(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        """Main's rows."""
        files = self.files(table)
        if not files:
            return []
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return list(connection.sql(f"SELECT * FROM read_parquet({files!r}) WHERE {where}").to_arrow_table().to_pylist())

    def records(self, uri: str) -> list[dict[str, Any]]:
        """Of an Avro file."""
        with self.local(uri).open("rb") as file:
            return list(fastavro.reader(file))  # type: ignore[arg-type]

    def local(self, uri: str) -> Path:
        return self.root / path_of(uri).relative_to("/")


def path_of(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))
