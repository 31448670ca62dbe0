"""The refusal of files that unpack to more than they may: a few megabytes of gzip can hold a year of lines, or one line without end."""

from collections.abc import Iterable
from dataclasses import dataclass

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from spark_jobs.ingest.landing import LandedFile
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import hadoop_path
from spark_jobs.lake.visible import visible

# The most that a byte of deflate can unpack to. Source: zlib.net, "zlib Technical Details", maximum compression factor.
MOST_PER_BYTE = 1032
# The most that Java skips at once.
PIECE_BYTES = 2**31 - 1


@dataclass(frozen=True)
class FoundFile:
    """A file of the landing folder, of whichever day."""

    source_file: str
    uri: str
    size_bytes: int


def may_unpack_beyond(file: LandedFile | FoundFile, max_file_bytes: int) -> bool:
    """Whether it is compressed, and not too small to hold more than max_file_bytes."""
    return file.uri.endswith(".gz") and file.size_bytes * MOST_PER_BYTE > max_file_bytes


def check_unpacked(spark: SparkSession, files: Iterable[LandedFile | FoundFile], max_file_bytes: int) -> None:
    """DataFailed: a .gz unpacks to more than max_file_bytes; each one named.

    A file that is too small to hold as much is not opened; the others are unpacked once more than they are read, inside the JVM.
    """
    measured = [file for file in files if may_unpack_beyond(file, max_file_bytes)]
    beyond = [file for file in measured if _unpacked_bytes(spark, file.uri, max_file_bytes) > max_file_bytes]
    if beyond:
        names = [f"  {visible(file.source_file)}: {file.size_bytes:,} bytes" for file in beyond]
        raise DataFailed(
            "\n".join([f"files that unpack to more than {max_file_bytes:,} bytes were not read:", *names])
            + "\nIf they are what they should be, deliver them in parts, or raise MILLRACE_MAX_FILE_BYTES."
        )


def _unpacked_bytes(spark: SparkSession, uri: str, most: int) -> int:
    """How much a file unpacks to, up to one more than `most`; of a broken file, what comes before: it is named when its lines are read."""
    fs, path = hadoop_path(spark, uri)
    stream, unpacked_bytes = fs.open(path), 0
    try:
        unpacked = spark._jvm.java.util.zip.GZIPInputStream(stream)  # type: ignore[union-attr]
        while unpacked_bytes <= most and (skipped := unpacked.skip(min(most + 1 - unpacked_bytes, PIECE_BYTES))):
            unpacked_bytes += skipped
    except Py4JJavaError as error:
        if not error.java_exception.getClass().getName().startswith(("java.util.zip.", "java.io.EOF")):
            raise
    finally:
        stream.close()
    return unpacked_bytes
