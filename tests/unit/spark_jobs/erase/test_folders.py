"""Files as bytes: a name is found wherever a file is cut into chunks, in compressed ones too, and nowhere else."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from spark_jobs.erase import folders
from spark_jobs.erase.folders import files_with
from spark_jobs.erase.logs import BLANKED, clean_logs
from spark_jobs.erase.name import Name

NAME = Name("u17")


def found(folder: Path) -> list[str]:
    return sorted(file.below for file in files_with(folder.as_uri(), NAME.whole, NAME.longest_bytes))


@pytest.mark.parametrize("chunk_bytes", range(1, 12))
def test_no_cut_hides_a_name_or_makes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int) -> None:
    monkeypatch.setattr(folders, "CHUNK_BYTES", chunk_bytes)
    for number, content in enumerate([b"u17", b"....  u17", b"xxxxxx u17 xxxxxx", b"u17 xxxxx"]):
        (tmp_path / f"yes{number}").write_bytes(content)
    for number, content in enumerate([b"", b"u171", b"xu17", b"xxxxxxxu17xxxxxx", b"u1 7", b"xxxxxxu171 u1717 0u17"]):
        (tmp_path / f"no{number}").write_bytes(content)
    assert found(tmp_path) == ["yes0", "yes1", "yes2", "yes3"]


def test_compressed_files_are_unpacked_and_a_cut_one_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    content = b"x " * 100_000 + b" u17 "
    (tmp_path / "a.gz").write_bytes(gzip.compress(content))
    with pa.CompressedOutputStream(str(tmp_path / "b.zstd.inprogress"), "zstd") as stream:
        stream.write(content)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(content)[:-20])
    (tmp_path / "no.gz").write_bytes(b"no gzip at all u17")
    (tmp_path / "chart.png").write_bytes(b"u17")
    assert found(tmp_path) == ["a.gz", "b.zstd.inprogress"]
    assert files_with((tmp_path / "absent").as_uri(), NAME.whole, NAME.longest_bytes) == []
    assert len(files_with((tmp_path / "a.gz").as_uri(), NAME.whole, NAME.longest_bytes)) == 1


def test_logs_lose_the_lines_and_the_files_that_hold_the_name(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/text.log").write_bytes(b"one\nabout u17.\nabout u171\nu17")
    (tmp_path / "a/other.log").write_bytes(b"one\r\n")
    (tmp_path / "old.log.gz").write_bytes(gzip.compress(b"about u17"))
    (tmp_path / "binary").write_bytes(b"\0 u17 \0")
    assert clean_logs([tmp_path.as_uri(), (tmp_path / "absent").as_uri()], NAME) == {"log lines": 2, "log files": 2}
    assert (tmp_path / "a/b/text.log").read_bytes() == b"\n".join([b"one", BLANKED, b"about u171", BLANKED])
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["other.log", "text.log"]
    assert clean_logs([tmp_path.as_uri()], NAME) == {"log lines": 0, "log files": 0}
