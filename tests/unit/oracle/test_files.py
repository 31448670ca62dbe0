"""Files of a landing day: names, lines, damaged files."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from tests.landing import Landing
from tests.oracle.files import LandingError, list_files, read_blocklist, read_lines

DAY = date(2026, 11, 1)
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (BOM, []),
        (b"a\nb", [b"a", b"b"]),  # the last line needs no end
        (b"a\n\nb\n", [b"a", b"", b"b"]),
        (b"a\r\nb\r\r\n", [b"a", b"b\r"]),  # one \r is dropped
        (b"a\r", [b"a"]),  # at the end of the last line too
        (BOM + b"a\n" + BOM + b"b\n", [b"a", BOM + b"b"]),  # only at the start of the file
        (BOM + b"\n", [b""]),
    ],
)
@pytest.mark.parametrize("gz", [False, True])
def test_lines(tmp_path: Path, content: bytes, lines: list[bytes], gz: bool) -> None:
    assert list(read_lines(Landing(tmp_path).requests(DAY, "a.log", content, gz))) == lines


def test_gzip_of_two_members(tmp_path: Path) -> None:
    path = Landing(tmp_path).requests(DAY, "a.log.gz", gzip.compress(b"a\n") + gzip.compress(b"b\n"))
    assert list(read_lines(path)) == [b"a", b"b"]


@pytest.mark.parametrize("content", [b"", b"plain\n", gzip.compress(b"a\n" * 1000)[:-9]], ids=["empty", "plain", "cut"])
def test_damaged_gzip_is_named(tmp_path: Path, content: bytes) -> None:
    path = Landing(tmp_path).requests(DAY, "a.log.gz", content)
    with pytest.raises(LandingError, match=r"a\.log\.gz"):
        list(read_lines(path))


@pytest.mark.parametrize("name", ["a.txt", "a.LOG", "_a.log", ".a.log", "a*.log", "a{1}.log", "a[.log", "a\t.log", "a\\.log"])
def test_names_that_are_errors(tmp_path: Path, name: str) -> None:
    Landing(tmp_path).requests(DAY, name, [])
    with pytest.raises(LandingError, match="not a name"):
        list_files(tmp_path, "requests", DAY)


def test_a_folder_and_a_link_that_leads_out_are_errors(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    landing.complete(DAY)
    (landing.folder("requests", DAY) / "a.log").mkdir()
    with pytest.raises(LandingError, match="not a file"):
        list_files(landing.root, "requests", DAY)
    (tmp_path / "outside.json").touch()
    (landing.folder("users", DAY) / "a.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(LandingError, match="leads out"):
        list_files(landing.root, "users", DAY)


def test_files_are_sorted_by_the_bytes_of_their_names(tmp_path: Path) -> None:
    for name in ("b.log", "B c.log", "\u00e9.log", "a.log.gz"):
        Landing(tmp_path).requests(DAY, name, [])
    assert [path.name for path in list_files(tmp_path, "requests", DAY)] == [
        "B c.log",
        "a.log.gz",
        "b.log",
        "\u00e9.log",
    ]


def test_blocklist(tmp_path: Path) -> None:
    assert read_blocklist(tmp_path) == []
    Landing(tmp_path).blocklist(["a", "", " b ", "c\r"])
    assert read_blocklist(tmp_path) == ["a", " b ", "c"]
