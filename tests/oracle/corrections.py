"""The corrections of a landed day, from docs/data.md: by the SHA-256 of a bad line what stands in for it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.oracle import files
from tests.oracle.files import LandingError


@dataclass
class Corrections:
    """Of one dataset and landing day. `take` remembers which were put in place of a line."""

    replacements: dict[str, bytes | None] = field(default_factory=dict)
    file_of: dict[str, str] = field(default_factory=dict)  # the first file that holds each
    source_files: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def has(self, line: bytes) -> bool:
        return _digest(line) in self.replacements

    def take(self, line: bytes) -> bytes | None:
        """The replacement, None for a drop."""
        self.taken.add(_digest(line))
        return self.replacements[_digest(line)]

    def of(self, line: bytes) -> bytes | None:
        """The replacement; None for a drop and for a line without a correction."""
        return self.replacements.get(_digest(line))

    def unmatched(self) -> dict[str, int]:
        """By file of corrections, how many of them no line has taken."""
        left = [self.file_of[digest] for digest in self.replacements if digest not in self.taken]
        return {source_file: left.count(source_file) for source_file in self.source_files}


def read_corrections(landing: Path, dataset: str, day: date) -> Corrections:
    """None where there is no file. LandingError: two contradict each other."""
    found = Corrections()
    for path in sorted((landing / "_corrections" / dataset / f"dt={day.isoformat()}").glob("*.jsonl")):
        source_file = files.source_file(landing, path)
        found.source_files.append(source_file)
        for line in files.read_lines(path):
            correction = json.loads(line)
            digest, replacement = correction["sha256"], correction.get("replacement")
            meant = None if replacement is None else replacement.encode()
            if found.replacements.setdefault(digest, meant) != meant:
                raise LandingError(f"{path}: {digest} has two meanings")
            found.file_of.setdefault(digest, source_file)
    return found


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
