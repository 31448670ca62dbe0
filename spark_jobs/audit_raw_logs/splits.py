"""The pieces into which Hadoop cuts the landed files, and their lines as the bytes that were landed."""

import gzip
import io
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from pyspark import RDD

from spark_jobs.lake.arrow import arrow_folder


@dataclass(frozen=True)
class Split:
    """A piece of a landed file. source_file: its path below the landing folder; a packed file is one piece."""

    source_file: str
    start: int
    length_bytes: int


def splits_of(text: RDD[bytes], folder: str) -> list[Split]:
    """The split of each partition of a textFile RDD over the files of `folder`, a path below the landing folder.

    A split never holds two files, so a partition's number tells the file that textFile itself does not tell.
    """
    splits = [partition.inputSplit().value() for partition in _partitions(text)]
    return [Split(f"{folder}/{split.getPath().getName()}", split.getStart(), split.getLength()) for split in splits]


def _partitions(text: RDD[bytes]) -> list[Any]:
    return list(text._jrdd.rdd().partitions())  # type: ignore[attr-defined]


def landed_bytes(landing_uri: str, split: Split) -> Generator[bytes]:
    r"""The lines of a split by Hadoop's rule, with their `\n`: a line belongs to the split in which it starts.

    The one that starts where a split ends still belongs to that split, so the next one drops what it finds before its first `\n`.
    """
    filesystem, root = arrow_folder(landing_uri)
    path = f"{root}/{split.source_file}"
    if path.endswith(".gz"):
        with filesystem.open_input_stream(path, compression=None) as raw, gzip.GzipFile(fileobj=raw) as unpacked:
            yield from unpacked
        return
    with filesystem.open_input_file(path) as file, io.BufferedReader(file) as lines:
        lines.seek(split.start)
        at = split.start + (len(lines.readline()) if split.start else 0)
        while at <= split.start + split.length_bytes and (line := lines.readline()):
            at += len(line)
            yield line
