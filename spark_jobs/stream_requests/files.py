"""Which files of a batch repeat the bytes of a file that was streamed before: each counts once, as in the daily chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatch

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.datasets import REQUESTS
from spark_jobs.ingest.landing import leads_out
from spark_jobs.ingest.unpacking import FoundFile, check_unpacked, may_unpack_beyond
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import hadoop_path, join, list_folder, sha256_file
from spark_jobs.lake.table import day_literal
from spark_jobs.lake.visible import visible
from spark_jobs.stream_requests.once import Batch
from spark_jobs.stream_requests.schema import LEDGER
from spark_jobs.stream_requests.sources import DAYS


@dataclass(frozen=True)
class StreamedFile:
    """A landed file as the stream has read it."""

    source_file: str
    size_bytes: int
    sha256: str
    is_repeated: bool


def repeated_files(spark: SparkSession, landing_uri: str, names: list[str], late_days: int, batch: Batch) -> list[StreamedFile]:
    """The batch's files, each with whether its bytes were streamed before: in this batch, or in one before, of its landing day or the
    late_days around it.

    Of files with the same bytes the first to be streamed counts; within a batch the first by day and name.
    """
    for name in names:
        check_place(landing_uri, name)
    read = [(name, size_of(spark, join(landing_uri, name)), sha256_file(spark, join(landing_uri, name))) for name in names]
    days = [landing_day(name) for name in names]
    near = (min(days) - timedelta(days=late_days), max(days) + timedelta(days=late_days))
    seen = streamed_before(spark, [digest for _, _, digest in read], near, batch)
    files = []
    for name, size, digest in read:
        day = landing_day(name)
        is_repeated = any(abs((day - other).days) <= late_days for other in seen.get(digest, []))
        files.append(StreamedFile(name, size, digest, is_repeated))
        seen.setdefault(digest, []).append(day)
    return files


def check_new_files(spark: SparkSession, landing_uri: str, max_file_bytes: int) -> None:
    """DataFailed: a file that was not streamed yet unpacks to more than max_file_bytes."""
    large = [file for file in _landed(spark, landing_uri) if may_unpack_beyond(file, max_file_bytes)]
    streamed = spark.table(LEDGER.identifier).where(F.col("source_file").isin([file.source_file for file in large])) if large else None
    known = {row.source_file for row in streamed.select("source_file").distinct().collect()} if streamed else set()
    check_unpacked(spark, [file for file in large if file.source_file not in known], max_file_bytes)


def _landed(spark: SparkSession, landing_uri: str) -> Iterator[FoundFile]:
    """Every file in the folder of a day."""
    requests = join(landing_uri, REQUESTS.name)
    for folder in list_folder(spark, requests):
        if fnmatch(folder.name, DAYS):
            for entry in list_folder(spark, folder.uri):
                yield FoundFile(f"{REQUESTS.name}/{folder.name}/{entry.name}", entry.uri, entry.size_bytes)


def streamed_before(spark: SparkSession, digests: list[str], near: tuple[date, date], batch: Batch) -> dict[str, list[date]]:
    """The landing days, first and last given, in which files with these bytes were streamed in earlier batches."""
    of_days = F.col("landing_day").between(*[day_literal(day) for day in near])
    ledger = spark.table(LEDGER.identifier).where(of_days & F.col("sha256").isin(digests))
    # What this very batch wrote before a crash is not earlier.
    earlier = ledger.where((F.col("query_id") != batch.query_id) | (F.col("batch_id") != batch.batch_id))
    found: dict[str, list[date]] = {}
    for row in earlier.select("sha256", "landing_day").distinct().collect():
        found.setdefault(row.sha256, []).append(row.landing_day)
    return found


def check_place(landing_uri: str, source_file: str) -> None:
    """DataFailed: the file is a link that leads out of the landing folder, or in a folder of no day."""
    uri = join(landing_uri, source_file)
    if leads_out(uri, landing_uri):
        raise DataFailed(f"{visible(uri)} is a symbolic link that leads out of the landing folder; its batch waits. Take it away.")
    try:
        landing_day(source_file)
    except ValueError as error:
        raise DataFailed(
            f"{visible(uri)} lies in the folder of a day that there is not; its batch waits. Move it into its day's folder."
        ) from error


def landing_day(source_file: str) -> date:
    return date.fromisoformat(source_file.split("dt=")[1].split("/")[0])


def size_of(spark: SparkSession, uri: str) -> int:
    fs, path = hadoop_path(spark, uri)
    return int(fs.getFileStatus(path).getLen())
