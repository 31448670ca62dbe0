"""Spark's event logs, read from their files: plain or zstd, one file or rolling ones."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa


def applications(folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The name of each application whose log lies in the folder, with its events of tasks that ended, file by file."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not _is_aside(path)):
        raw = pa.input_stream(str(path), compression="zstd" if ".zstd" in path.name else None)
        events = [json.loads(line) for line in io.TextIOWrapper(raw, "utf-8")]
        ended = [event for event in events if event["Event"] == "SparkListenerTaskEnd"]
        for event in events:
            if event["Event"] == "SparkListenerApplicationStart":
                yield event["App Name"], ended


def _is_aside(path: Path) -> bool:
    """Markers of rolling logs, and Hadoop's checksums."""
    return "appstatus" in path.name or path.name.endswith(".crc")
