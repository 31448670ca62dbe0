"""Files beside the tables, through Hadoop's FileSystem, so that a local folder and s3a:// work alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Entry:
    """One entry of a folder. uri: as Spark reads it; size_bytes: 0 for a folder.

    modified_seconds: since the epoch; 0 for a folder of a bucket, which has no time of its own.
    """

    name: str
    uri: str
    size_bytes: int
    is_folder: bool
    modified_seconds: float


def hadoop_path(spark: SparkSession, uri: str) -> tuple[Any, Any]:
    """The FileSystem of a URI and its Path, as JVM objects."""
    jvm = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(uri)  # type: ignore[union-attr]
    return path.getFileSystem(spark._jsc.hadoopConfiguration()), path


def join(uri: str, *parts: str) -> str:
    """Put path segments behind a URI, with one slash between them."""
    return "/".join([uri.rstrip("/"), *parts])


def exists(spark: SparkSession, uri: str) -> bool:
    fs, path = hadoop_path(spark, uri)
    return bool(fs.exists(path))


def list_folder(spark: SparkSession, uri: str) -> list[Entry]:
    """The entries directly in a folder, sorted by name; an absent folder is empty."""
    fs, path = hadoop_path(spark, uri)
    if not fs.exists(path):
        return []
    return sorted((_entry(status) for status in fs.listStatus(path)), key=lambda entry: entry.name)


def files_below(spark: SparkSession, uri: str) -> list[Entry]:
    """All files below a folder, however deep; none where it is absent."""
    fs, path = hadoop_path(spark, uri)
    if not fs.exists(path):
        return []
    listed, found = fs.listFiles(path, True), []
    while listed.hasNext():
        found.append(_entry(listed.next()))
    return found


def _entry(status: Any) -> Entry:
    path, is_folder = status.getPath(), bool(status.isDirectory())
    return Entry(path.getName(), path.toString(), 0 if is_folder else status.getLen(), is_folder, status.getModificationTime() / 1000)


def read_text(spark: SparkSession, uri: str) -> str | None:
    """A small UTF-8 file whole, or None where there is none."""
    return read_bytes(spark, uri).decode() if exists(spark, uri) else None


def read_bytes(spark: SparkSession, uri: str) -> bytes:
    """A small file whole."""
    fs, path = hadoop_path(spark, uri)
    stream = fs.open(path)
    try:
        return bytes(spark._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))  # type: ignore[union-attr]
    finally:
        stream.close()


def write_text_atomic(spark: SparkSession, uri: str, text: str) -> None:
    """Write a small UTF-8 file so that a reader sees all of it or none; an older one is replaced.

    A file on a disk is moved into its place, without a checksum of Hadoop's beside it, since two files cannot be replaced at once; an
    object of a bucket is there once it has been written whole.
    """
    fs, path = hadoop_path(spark, uri)
    if fs.getScheme() == "file":
        _replace(Path(path.toUri().getPath()), text)
        return
    stream = fs.create(path, True)
    stream.write(text.encode())
    stream.close()  # not after a failure: a bucket would keep what came before it


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    aside.write_text(text)
    # Whoever wrote the file with one: it would be that of another text, and a file without one can be read.
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)
    aside.replace(path)


def sha256_file(spark: SparkSession, uri: str) -> str:
    """SHA-256 of a file's bytes as landed, in hex; streamed inside the JVM."""
    fs, path = hadoop_path(spark, uri)
    stream = fs.open(path)
    try:
        return str(spark._jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))  # type: ignore[union-attr]
    finally:
        stream.close()


def remove(spark: SparkSession, uri: str) -> None:
    """Remove a file or a folder with all that is in it; nothing where it is absent."""
    fs, path = hadoop_path(spark, uri)
    fs.delete(path, True)
