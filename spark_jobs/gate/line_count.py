"""How many lines have landed, counted without Spark's readers: the other side of the conservation check.

Shares no code with stage ingest: bytes are read through Arrow's file systems, unpacked by zlib, and newlines are counted.
"""

import gzip
from collections.abc import Iterable

import pandas as pd
from pyarrow import fs
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.arrow import arrow_folder

DATASETS = ("users", "requests", "profiles")
CHUNK_BYTES = 4 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def count_lines(filesystem: fs.FileSystem, path: str) -> int:
    """Lines of a file: newlines, and one more where bytes stand behind the last. A byte order mark at the start is nothing."""
    with filesystem.open_input_stream(path, compression=None) as raw:
        stream = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw
        newlines, last, first = 0, b"\n", True
        while chunk := stream.read(CHUNK_BYTES):
            chunk = chunk.removeprefix(BYTE_ORDER_MARK) if first else chunk
            first = False
            newlines += chunk.count(b"\n")
            last = chunk[-1:] or last
    return newlines + (last != b"\n")


def list_landed(landing_uri: str, day: str) -> list[tuple[str, str]]:
    """(dataset, source_file) of every file of a landing day but the markers."""
    filesystem, root = arrow_folder(landing_uri)
    landed = []
    for dataset in DATASETS:
        folder = f"{dataset}/dt={day}"
        for info in filesystem.get_file_info(fs.FileSelector(f"{root}/{folder}", allow_not_found=True)):
            if info.type == fs.FileType.File and info.base_name != "_SUCCESS":
                landed.append((dataset, f"{folder}/{info.base_name}"))
    return sorted(landed)


def landed_lines(spark: SparkSession, landing_uri: str, day: str) -> DataFrame:
    """Grain: one row a landed file. Columns: dataset, source_file, lines. One task a file."""

    def count(frames: Iterable[pd.DataFrame]) -> Iterable[pd.DataFrame]:
        # The root is a URI and the rest a plain path: a file's name may hold what a URI may not.
        filesystem, root = arrow_folder(landing_uri)
        for frame in frames:
            lines = [count_lines(filesystem, f"{root}/{source_file}") for source_file in frame["source_file"]]
            yield frame.assign(lines=lines)

    landed = list_landed(landing_uri, day)
    files = spark.createDataFrame(landed, "dataset string, source_file string")
    return files.repartition(max(1, len(landed))).mapInPandas(count, "dataset string, source_file string, lines bigint")
