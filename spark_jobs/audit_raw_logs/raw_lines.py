"""Landed files as an RDD of lines, byte by byte as they were landed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from pyspark import RDD
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs.splits import Split, landed_bytes, splits_of
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.lake.paths import join

LINE_END = "textinputformat.record.delimiter"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


def read_raw_lines(spark: SparkSession, landing_uri: str, files: Sequence[LandedFile]) -> RDD[tuple[str, bytes]]:
    r"""The lines of a day's files of one dataset, of which at least one must be given. Grain: one (source_file, line) a line.

    A line is its bytes without its end: `\n`, and one `\r` before it. A byte order mark at a file's start is dropped; by Hadoop where it
    decodes, here where it does not.

    Not simply `sc.textFile`, which would read other lines than those that were landed:
    - Hadoop ends lines at `\r` too, unless it is told what ends one. The setting is that of the whole session, which reads
      no other text.
    - The JVM decodes each line and puts U+FFFD for bytes that are no UTF-8; `use_unicode=False` only spares Python a second decoding
      of what is lost by then. So a line that holds U+FFFD is fetched from the file as bytes: it may be damaged, or have been landed so.
    """
    sc = spark.sparkContext
    sc._jsc.hadoopConfiguration().set(LINE_END, "\n")  # type: ignore[attr-defined]
    dataset, folder = files[0].dataset, files[0].dataset.folder(files[0].day)
    # One pattern for both endings: a pattern that matches no file is an error. Names stay out of it, since textFile cuts at commas.
    endings = ",".join(ending.removeprefix(".") for ending in dataset.endings)
    text: RDD[bytes] = sc.textFile(join(landing_uri, folder, f"*.{{{endings}}}"), use_unicode=False)  # type: ignore[assignment]
    splits = sc.broadcast(splits_of(text, folder))

    def as_landed(partition: int, lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        split = splits.value[partition]
        return ((split.source_file, line) for line in undamaged(landing_uri, split, lines))

    return text.mapPartitionsWithIndex(as_landed)


def undamaged(landing_uri: str, split: Split, decoded: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a split without their ends; where decoding may have changed one, as it stands in the file.

    The file is opened when the first such line comes, read on from line to line, and closed in any case.
    """
    with closing(landed_bytes(landing_uri, split)) as landed:
        next_line = 0
        for number, line in enumerate(decoded):
            if REPLACEMENT not in line:
                yield line.removesuffix(b"\r")
                continue
            original = next(islice(landed, number - next_line, None))
            next_line = number + 1
            if number == 0 and split.start == 0:
                original = original.removeprefix(BYTE_ORDER_MARK)
            yield original.removesuffix(b"\n").removesuffix(b"\r")
