"""A file that unpacks to more than it may is refused before a line of it is read."""

import gzip
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.ingest.unpacking import FoundFile, check_unpacked
from spark_jobs.lake.errors import DataFailed

MIB = 2**20


def file(folder: Path, name: str, content: bytes) -> FoundFile:
    path = folder / name
    path.write_bytes(content)
    return FoundFile(f"requests/dt=2026-11-01/{name}", path.as_uri(), path.stat().st_size)


def test_a_bomb_is_named_and_its_neighbours_are_not(spark: SparkSession, tmp_path: Path) -> None:
    bomb = file(tmp_path, "bomb.log.gz", gzip.compress(b"x" * (8 * MIB)))
    two_members = file(tmp_path, "parts.log.gz", gzip.compress(b"y" * (5 * MIB)) + gzip.compress(b"z" * (5 * MIB)))
    right = file(tmp_path, "right.log.gz", gzip.compress(b"x" * MIB))
    plain = file(tmp_path, "plain.log", b"x" * (9 * MIB))
    assert bomb.size_bytes < 16 * 1024
    with pytest.raises(DataFailed) as refused:
        check_unpacked(spark, [right, bomb, plain, two_members], 7 * MIB)
    told = str(refused.value)
    assert "bomb.log.gz: " in told and "parts.log.gz: " in told and "MILLRACE_MAX_FILE_BYTES" in told
    assert "right" not in told and "plain" not in told


@pytest.mark.parametrize("size", [8 * MIB, 8 * MIB - 1])
def test_the_bound_itself_is_allowed(spark: SparkSession, tmp_path: Path, size: int) -> None:
    bomb = file(tmp_path, "a.log.gz", gzip.compress(b"x" * 8 * MIB))
    if size == 8 * MIB:
        check_unpacked(spark, [bomb], size)
    else:
        with pytest.raises(DataFailed):
            check_unpacked(spark, [bomb], size)


@pytest.mark.parametrize("content", [gzip.compress(b"x" * 8 * MIB)[:-100], b"no gzip" * 3000, b"\x1f\x8b\x08" + b"\xff" * 9000])
def test_a_broken_file_is_left_to_its_reader(spark: SparkSession, tmp_path: Path, content: bytes) -> None:
    check_unpacked(spark, [file(tmp_path, "cut.log.gz", content)], 9 * MIB)
