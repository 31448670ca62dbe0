"""textFile's lines are those that were landed: the same bytes as a plain reading of the files, wherever Hadoop cuts them."""

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs import splits
from spark_jobs.audit_raw_logs.raw_lines import LINE_END, read_raw_lines, undamaged
from spark_jobs.audit_raw_logs.splits import Split, landed_bytes
from spark_jobs.ingest.datasets import REQUESTS
from spark_jobs.ingest.landing import landed_files
from tests.landing import Landing
from tests.oracle.files import read_lines
from tests.s3 import Bucket

DAY = date(2026, 11, 1)
FOLDER = f"requests/dt={DAY}"
HOSTILE = (
    b"\xef\xbb\xbfone\r\ntwo\rstill two\nthr\xffee\n\nfo\xef\xbf\xbdur\r\r\n\xed\xa0\x80\r\n\xc3\xa9\n\xef\xbb\xbfno mark here\nlast\xfe"
)
FILES = {
    "a b+c%20é,x.log": HOSTILE,
    "only a mark.log": b"\xef\xbb\xbf",
    "mark and damage.log": b"\xef\xbb\xbf\xff\nx",
    "empty.log": b"",
    "long.log": b"\n".join(b"line %d \xff" % n if n % 7 == 0 else b"line %d" % n for n in range(500)),
    "packed.log.gz": gzip.compress(HOSTILE) + gzip.compress(b"second member\n\xff\n"),
}


@pytest.fixture(autouse=True)
def line_end_restored(spark: SparkSession) -> Iterator[None]:
    yield
    spark.sparkContext._jsc.hadoopConfiguration().unset(LINE_END)  # type: ignore[attr-defined]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landed = Landing(tmp_path / "landing")
    for name, content in FILES.items():
        landed.requests(DAY, name, content)  # a .gz is written as it is
    landed.complete(DAY)
    return landed


def wanted(landing: Landing) -> Counter[tuple[str, bytes]]:
    """By Python's own file reading."""
    return Counter((f"{FOLDER}/{name}", line) for name in FILES for line in read_lines(landing.folder("requests", DAY) / name))


def found(spark: SparkSession, landing_uri: str) -> Counter[tuple[str, bytes]]:
    lines = read_raw_lines(spark, landing_uri, landed_files(spark, landing_uri, REQUESTS, DAY))
    return Counter((source_file, bytes(line)) for source_file, line in lines.collect())


def test_every_line_has_its_file_and_its_bytes(spark: SparkSession, landing: Landing) -> None:
    assert found(spark, f"file://{landing.root}") == wanted(landing)


def test_the_same_from_a_bucket(spark: SparkSession, landing: Landing, bucket: Bucket) -> None:
    bucket.upload(landing.root, "landing")
    assert found(spark, bucket.uri("landing")) == wanted(landing)


def test_plain_text_files_reader_would_lose_bytes_and_find_other_lines(spark: SparkSession, landing: Landing) -> None:
    """What the reader guards against: without its second look and its line end the lines are others."""
    path = f"file://{landing.folder('requests', DAY)}/a b+c*.log"
    sc = spark.sparkContext
    plain = list(sc.textFile(path, use_unicode=False).collect())
    assert b"thr\xef\xbf\xbdee" in plain and b"two" in plain and b"still two" in plain


def test_count_take_and_a_chain_of_map_and_filter(spark: SparkSession, landing: Landing) -> None:
    uri = f"file://{landing.root}"
    lines = read_raw_lines(spark, uri, landed_files(spark, uri, REQUESTS, DAY))
    assert lines.count() == wanted(landing).total()
    assert lines.take(2) == [(f"{FOLDER}/a b+c%20é,x.log", b"one"), (f"{FOLDER}/a b+c%20é,x.log", b"two\rstill two")]
    damaged = lines.filter(lambda line: b"\xff" in line[1]).map(lambda line: line[0].rpartition("/")[2])
    assert Counter(damaged.collect()) == {
        "a b+c%20é,x.log": 1, "mark and damage.log": 1, "long.log": len(range(0, 500, 7)), "packed.log.gz": 2,
    }  # fmt: skip


@pytest.mark.parametrize("length", [1, 2, 3, 7, 40, 10_000])
def test_the_splits_of_a_file_hold_each_line_once(tmp_path: Path, length: int) -> None:
    """As Hadoop cuts them, whatever the cut falls on."""
    file = tmp_path / "cut.log"
    file.write_bytes(HOSTILE + b"\n\n")
    size = file.stat().st_size
    cut = [Split("cut.log", start, min(length, size - start)) for start in range(0, size, length)]
    lines = [line for split in cut for line in landed_bytes(tmp_path.as_uri(), split)]
    assert lines == list(file.open("rb"))


def test_the_second_look_is_closed_when_the_reader_stops_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_bytes(b"\xff\n" * 3)
    opened = []
    real = splits.arrow_folder

    class Opened:
        """The file system, keeping what it has opened."""

        def __init__(self, filesystem: object) -> None:
            self.filesystem = filesystem

        def open_input_file(self, path: str) -> object:
            opened.append(self.filesystem.open_input_file(path))  # type: ignore[attr-defined]
            return opened[-1]

    def recording(uri: str) -> tuple[object, str]:
        filesystem, root = real(uri)
        return Opened(filesystem), root

    monkeypatch.setattr(splits, "arrow_folder", recording)
    reading = undamaged(tmp_path.as_uri(), Split("a.log", 0, 6), [b"\xef\xbf\xbd"] * 3)
    assert next(reading) == b"\xff"
    assert [file.closed for file in opened] == [False]
    reading.close()  # type: ignore[attr-defined]
    assert [file.closed for file in opened] == [True]
