"""Small files beside the tables, and who reads them while they are replaced."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from pathlib import Path
from threading import Event

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.paths import hadoop_path, read_text, write_text_atomic

TEXTS = ("short", "long " * 500)
TIMES = 150


def test_whoever_reads_while_a_file_is_replaced_finds_all_of_one_of_its_texts(spark: SparkSession, tmp_path: Path) -> None:
    """Were it two files, the text and its checksum, a reader or the next try of a killed job would find those of two texts."""
    uri = (tmp_path / "state.json").as_uri()
    write_text_atomic(spark, uri, TEXTS[0])
    ended = Event()

    def read() -> list[str | None]:
        return [read_text(spark, uri) for _ in takewhile(lambda _: not ended.is_set(), count())]

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read)
        for number in range(TIMES):
            write_text_atomic(spark, uri, TEXTS[number % 2])
        ended.set()
        found = reader.result()
    assert len(found) > 10 and set(found) <= set(TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_has_a_checksum_can_be_read_after_it_was_replaced(spark: SparkSession, tmp_path: Path) -> None:
    """As other programs write them, through Hadoop."""
    uri = (tmp_path / "state.json").as_uri()
    fs, path = hadoop_path(spark, uri)
    stream = fs.create(path, True)
    stream.write(TEXTS[0].encode())
    stream.close()
    assert (tmp_path / ".state.json.crc").exists()
    write_text_atomic(spark, uri, TEXTS[1])
    assert read_text(spark, uri) == TEXTS[1]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = (tmp_path / "state.json").as_uri()
    write_text_atomic(spark, uri, TEXTS[0])
    with monkeypatch.context() as full, pytest.raises(OSError, match="No space left on device"):
        full.setattr(Path, "replace", no_space)
        write_text_atomic(spark, uri, TEXTS[1])
    assert read_text(spark, uri) == TEXTS[0]


def no_space(path: Path, target: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
