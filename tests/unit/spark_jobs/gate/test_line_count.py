"""The independent count of landed lines."""

import gzip
import zlib
from pathlib import Path

import pytest
from pyarrow import fs
from pyspark.sql import SparkSession

from spark_jobs.gate.line_count import CHUNK_BYTES, count_lines, landed_lines, list_landed
from tests.s3 import Bucket

DAY = "2026-11-01"
CASES = {
    "empty": (b"", 0),
    "one newline is a blank line": (b"\n", 1),
    "newline at the end": (b"a\nb\n", 2),
    "no newline at the end": (b"a\nb", 2),
    "CRLF": (b"a\r\nb\r\n", 2),
    "a carriage return alone ends no line": (b"a\rb", 1),
    "other line ends of Unicode end none": ("a\u2028b\x85c\x0bd".encode(), 1),
    "byte order mark alone": (b"\xef\xbb\xbf", 0),
    "byte order mark and text": (b"\xef\xbb\xbfa", 1),
    "byte order mark and a blank line": (b"\xef\xbb\xbf\n", 1),
    "a second byte order mark is text": (b"\xef\xbb\xbf\xef\xbb\xbf", 1),
    "NUL and bytes that are not UTF-8": (b"\x00\xff\n\xfe", 2),
    "longer than a chunk, a newline at its end": (b"a" * (CHUNK_BYTES - 1) + b"\n" + b"b", 2),
    "a chunk exactly, no newline": (b"a" * CHUNK_BYTES, 1),
}


def count(path: Path) -> int:
    return count_lines(fs.LocalFileSystem(), str(path))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_lines(tmp_path: Path, case: str, packed: bool) -> None:
    content, lines = CASES[case]
    path = tmp_path / ("a.log.gz" if packed else "a.log")
    path.write_bytes(gzip.compress(content) if packed else content)
    assert count(path) == lines


def test_a_gzip_of_several_members_is_one_file(tmp_path: Path) -> None:
    # The line `bc` goes across two members; the byte order mark of the second is no file's start.
    members = [gzip.compress(member) for member in (b"a\nb", b"", b"c\n", b"\xef\xbb\xbf")]
    (tmp_path / "a.log.gz").write_bytes(b"".join(members))
    assert count(tmp_path / "a.log.gz") == 3


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(gzip.compress(b"a\nb\n" * 1000)[:-9], EOFError, id="cut in its data"),
        pytest.param(gzip.compress(b"a\n")[:-1], EOFError, id="cut in its check sum"),
        pytest.param(b"a\n", gzip.BadGzipFile, id="no gzip"),
        pytest.param(gzip.compress(b"a\n") + b"rubbish", gzip.BadGzipFile, id="rubbish behind it"),
        pytest.param(gzip.compress(b"a\n")[:10] + b"\xff\xff\xff", zlib.error, id="damaged data"),
    ],
)
def test_a_bad_gzip_raises(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    (tmp_path / "a.log.gz").write_bytes(content)
    with pytest.raises(error):
        count(tmp_path / "a.log.gz")


def land(folder: Path, source_file: str, content: bytes) -> None:
    path = folder / source_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_every_landed_file_of_the_day_is_counted(spark: SparkSession, tmp_path: Path) -> None:
    landing = tmp_path / "landing with spaces"
    land(landing, f"users/dt={DAY}/a.json", b"{}\n{}")
    land(landing, f"users/dt={DAY}/_SUCCESS", b"not a line\n")
    land(landing, f"requests/dt={DAY}/a b %41 ü#?.log", b"x\n")  # nothing of it is decoded
    land(landing, f"requests/dt={DAY}/b.log.gz", gzip.compress(b"x\ny\nz\n"))
    land(landing, "requests/dt=2026-11-02/next.log", b"x\n")  # of another day
    land(landing, "blocklist.txt", b"x\n")
    # No folder of profiles: nothing of it has landed.
    found = landed_lines(spark, landing.as_uri(), DAY).collect()
    assert sorted(map(tuple, found)) == [
        ("requests", f"requests/dt={DAY}/a b %41 ü#?.log", 1),
        ("requests", f"requests/dt={DAY}/b.log.gz", 3),
        ("users", f"users/dt={DAY}/a.json", 2),
    ]


def test_a_day_without_files_has_no_rows(spark: SparkSession, tmp_path: Path) -> None:
    assert list_landed(tmp_path.as_uri(), DAY) == []
    assert landed_lines(spark, tmp_path.as_uri(), DAY).collect() == []


def test_the_files_of_a_bucket_are_counted(spark: SparkSession, bucket: Bucket) -> None:
    bucket.write(f"landing/users/dt={DAY}/a b %41 ü#?.json", b"{}\n{}")
    bucket.write(f"landing/requests/dt={DAY}/b.log.gz", gzip.compress(b"x\ny\nz\n"))
    bucket.write(f"landing/requests/dt={DAY}/_SUCCESS", b"")
    found = landed_lines(spark, bucket.uri("landing"), DAY).collect()
    assert sorted(map(tuple, found)) == [
        ("requests", f"requests/dt={DAY}/b.log.gz", 3),
        ("users", f"users/dt={DAY}/a b %41 ü#?.json", 2),
    ]
