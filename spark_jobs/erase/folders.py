"""Work and report files, through Arrow: as bytes, on a disk or in a bucket."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
from pyarrow import fs

from spark_jobs.lake.arrow import arrow_folder

CHUNK_BYTES = 4 * 1024 * 1024
CODECS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd", ".lz4": "lz4", ".bz2": "bz2"}
# Tables' files, which are read as rows and bounds (search.py); charts, which are drawn from the rows beside them; the state of the stream,
# which is begun anew where it may hold a name (live.py).
NO_TEXT = (".parquet", ".avro", ".png", ".zip", ".sst", ".changelog", ".delta", ".snapshot", ".crc")


@dataclass(frozen=True)
class File:
    """path: as Arrow writes it; below: its path below the folder that was searched."""

    filesystem: fs.FileSystem
    path: str
    below: str

    @property
    def codec(self) -> str | None:
        """By the ending, also of a file that is still being written, or of a rolling event log."""
        return next((codec for ending, codec in CODECS.items() if re.search(rf"{re.escape(ending)}(\.|$)", self.path)), None)

    def read(self) -> Iterator[bytes]:
        with self.filesystem.open_input_stream(self.path, compression=None) as raw:
            stream = pa.CompressedInputStream(raw, self.codec) if self.codec else raw
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk

    def holds(self, name: re.Pattern[bytes], longest_bytes: int) -> bool:
        """Whether the pattern is found; longest_bytes: of what it may find. What stands before and behind a name decides whether it is
        one, so a find at the edge of what was read counts only where the file ends there too. A compressed file that is cut off is
        searched as far as it can be read."""
        window, is_start = b"", True
        try:
            for chunk in chain(self.read(), [b""]):
                window += chunk
                for found in name.finditer(window):
                    if (found.start() > 0 or is_start) and (found.end() < len(window) or not chunk):
                        return True
                is_start = is_start and len(window) <= longest_bytes + 2
                window = window[-longest_bytes - 2 :]
        except (OSError, EOFError):
            if self.codec is None:
                raise
        return False

    def remove(self) -> None:
        self.filesystem.delete_file(self.path)


def files_of(uri: str) -> Iterator[File]:
    """All files below a folder that can be searched as bytes; none where it is absent. The URI of a file is that file."""
    filesystem, root = arrow_folder(uri)
    if filesystem.get_file_info(root).type == fs.FileType.File:
        yield File(filesystem, root, root.rpartition("/")[2])
        return
    for info in filesystem.get_file_info(fs.FileSelector(root, recursive=True, allow_not_found=True)):
        if info.type == fs.FileType.File and not info.path.endswith(NO_TEXT):
            yield File(filesystem, info.path, info.path.removeprefix(f"{root}/"))


def files_with(uri: str, pattern: re.Pattern[bytes], longest_bytes: int) -> list[File]:
    """The files in which the pattern is found."""
    return [file for file in files_of(uri) if file.holds(pattern, longest_bytes)]
