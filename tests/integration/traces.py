"""A search for bytes in all files below some folders, by code of its own: Parquet and Avro are unpacked, whatever names them."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def files_with(folders: Iterable[Path], word: str, but: str = "") -> list[str]:
    """The files whose name or content holds the word. but: a longer word that holds it and does not count."""
    longer = but.encode()
    paths = sorted({path for folder in folders for path in folder.rglob("*") if path.is_file()})
    return [
        str(path)
        for path in paths
        if word in str(path) or any(word.encode() in (content.replace(longer, b"") if longer else content) for content in contents(path))
    ]


def contents(path: Path) -> Iterator[bytes]:
    """The file's bytes as they lie, and unpacked."""
    raw = path.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        rows = pq.read_table(io.BytesIO(raw), partitioning=None)
        yield from (str(value).encode() for column in rows.columns for value in column.to_pylist())
        # As bytes too: str() of bytes escapes what is not ASCII.
        yield from (value for column in rows.columns for value in column.to_pylist() if isinstance(value, bytes))
    if raw[:4] == b"Obj\x01":
        yield from avro_blocks(raw)
    if raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    if raw[:4] == b"\x28\xb5\x2f\xfd":
        yield pa.CompressedInputStream(io.BytesIO(raw), "zstd").read()


def avro_blocks(raw: bytes) -> Iterator[bytes]:
    """The blocks of an Avro container (its specification, "Object Container Files"), inflated where they are."""
    stream = io.BytesIO(raw[4:])
    metadata: dict[bytes, bytes] = {}
    while entries := _long(stream):
        if entries < 0:  # then the map's size in bytes follows
            _long(stream)
        for _ in range(abs(entries)):
            name = stream.read(_long(stream))
            metadata[name] = stream.read(_long(stream))
    sync = stream.read(16)
    while stream.tell() < len(raw) - 4:
        _long(stream)  # how many objects
        block = stream.read(_long(stream))
        assert stream.read(16) == sync
        yield zlib.decompress(block, -15) if metadata.get(b"avro.codec") == b"deflate" else block


def _long(stream: io.BytesIO) -> int:
    value, shift = 0, 0
    while True:
        byte = stream.read(1)[0]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)
