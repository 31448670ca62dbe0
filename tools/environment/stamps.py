"""Stamps: a step of the set-up leaves one when it is complete, keyed by a hash of what went into it.

A step without its stamp, or with a stamp of another key, is done again. Stamps are written last and
atomically, so a set-up that was killed half-way never looks complete.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path


def fingerprint(*inputs: str) -> str:
    """A short hash of the inputs; their order and their borders count."""
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, content: Mapping[str, str | None]) -> None:
    """Writes JSON so that a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=2) + "\n")
    os.replace(part, path)


def write_stamp(path: Path, key: str, **result: str) -> None:
    write_atomic(path, {"key": key, **result})


def read_stamp(path: Path) -> dict[str, str]:
    """The stamp's key and results; empty when the step never completed."""
    stamp: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return stamp
