"""Writes landing folders for tests, in the layout of docs/data.md."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

Line = str | bytes | Mapping[str, object]


def fix(line: str | bytes, replacement: str | None) -> dict[str, object]:
    """The correction of a landed line; None drops it."""
    digest = hashlib.sha256(line.encode() if isinstance(line, str) else line).hexdigest()
    return {"sha256": digest, **({"drop": True} if replacement is None else {"replacement": replacement})}


class Landing:
    r"""A landing folder below `root`.

    Lines are str (written as UTF-8), bytes (as they are) or, for users, mappings (as JSON); each gets a `\n`.
    A file given as one bytes object is written as it is: that is how a test leaves out the last `\n` or adds a BOM.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def requests(self, day: date, name: str, content: bytes | Iterable[Line], gz: bool = False) -> Path:
        return self._write("requests", day, name, content, gz)

    def users(self, day: date, name: str, content: bytes | Iterable[Line], gz: bool = False) -> Path:
        return self._write("users", day, name, content, gz)

    def profiles(self, day: date, name: str, content: bytes | Iterable[Line], gz: bool = False) -> Path:
        return self._write("profiles", day, name, content, gz)

    def corrections(self, day: date, dataset: str, name: str, content: bytes | Iterable[Line]) -> Path:
        path = self.root / "_corrections" / dataset / f"dt={day.isoformat()}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else _joined(content))
        return path

    def blocklist(self, literals: Iterable[str]) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        path = self.root / "blocklist.txt"
        path.write_bytes(_joined(literals))
        return path

    def complete(self, day: date, *datasets: str) -> None:
        """Writes the _SUCCESS of the datasets; of all three if none is named. A dataset without files is empty."""
        for dataset in datasets or ("requests", "users", "profiles"):
            folder = self.folder(dataset, day)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "_SUCCESS").touch()

    def folder(self, dataset: str, day: date) -> Path:
        return self.root / dataset / f"dt={day.isoformat()}"

    def _write(self, dataset: str, day: date, name: str, content: bytes | Iterable[Line], gz: bool) -> Path:
        path = self.folder(dataset, day) / (f"{name}.gz" if gz and not name.endswith(".gz") else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else _joined(content)
        # Aside first: a stream that follows the folder must not meet half a file.
        part = path.with_name(".part")
        part.write_bytes(gzip.compress(data, mtime=0) if gz else data)
        return part.rename(path)


def _joined(lines: Iterable[Line]) -> bytes:
    return b"".join(_encoded(line) + b"\n" for line in lines)


def _encoded(line: Line) -> bytes:
    if isinstance(line, bytes):
        return line
    if isinstance(line, str):
        return line.encode()
    return json.dumps(line, ensure_ascii=False).encode()
