"""Files of corrections: what is read of them, and each refusal with file, line and fault."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_jobs.ingest.corrections import Correction, check_folders, parse_corrections, read_corrections
from spark_jobs.ingest.datasets import USERS
from spark_jobs.ingest.unmatched import warnings
from spark_jobs.lake.errors import DataFailed
from tests.landing import Landing

DAY = date(2026, 11, 1)
FILE, FOLDER = "_corrections/users/dt=2026-11-01/a.jsonl", "users/dt=2026-11-01"
A, B = "a" * 64, "b" * 64


def line(**correction: Any) -> bytes:
    return json.dumps(correction).encode()


def test_a_file_is_read_in_its_order_with_unicode_and_without_a_last_newline() -> None:
    content = b"\xef\xbb\xbf" + line(sha256=A, replacement="é\u2028\r") + b"\r\n" + line(drop=True, sha256=B)
    assert parse_corrections(FILE, FOLDER, content) == [
        Correction(f"{FOLDER}/{A}", "é\u2028\r".encode(), FILE, 1),
        Correction(f"{FOLDER}/{B}", None, FILE, 2),
    ]
    assert parse_corrections(FILE, FOLDER, b"") == []


@pytest.mark.parametrize(
    ("refused", "fault"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"\xff", "not UTF-8 at byte 1"),
        (line(sha256=A), r"its keys are \['sha256'\]"),
        (line(replacement="x"), r"its keys are \['replacement'\]"),
        (line(sha256=A, replacement="x", drop=True), "its keys are"),
        (line(sha256=A, replacement="x", why="typing error"), "its keys are"),
        (b'{"sha256": "%s", "drop": true, "drop": true}' % A.encode(), "a key stands twice"),
        (line(sha256=A[1:], drop=True), "not 64 hex digits in lower case"),
        (line(sha256="A" * 64, drop=True), "not 64 hex digits in lower case"),
        (line(sha256="g" * 64, drop=True), "not 64 hex digits in lower case"),
        (line(sha256=f"{A}\n", drop=True), "not 64 hex digits in lower case"),
        (line(sha256=5, drop=True), "not 64 hex digits in lower case"),
        (line(sha256=A, drop=False), '"drop" is False, it can only be true'),
        (line(sha256=A, drop=1), '"drop" is 1, it can only be true'),
        (line(sha256=A, replacement=None), '"replacement" is None, not a string'),
        (line(sha256=A, replacement=["x"]), "not a string"),
        (line(sha256=A, replacement="x\ny"), "holds a newline"),
        (line(sha256=A, replacement="x\n"), "holds a newline"),
        (b'{"sha256": "%s", "replacement": "\\ud800"}' % A.encode(), "half of a surrogate pair"),
    ],
)
def test_a_line_that_is_no_correction_is_refused_by_file_and_number(refused: bytes, fault: str) -> None:
    content = line(sha256=B, drop=True) + b"\n" + refused + b"\n"
    with pytest.raises(DataFailed, match=rf"^{FILE} line 2: .*{fault}.*mend the line or take it out") as failure:
        parse_corrections(FILE, FOLDER, content)
    assert failure.value.exit_code == 65


def test_the_same_correction_twice_counts_once_and_another_of_the_same_line_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.corrections(DAY, "users", "a.jsonl", [line(sha256=A, replacement="x"), line(sha256=A, replacement="x")])
    landing.corrections(DAY, "users", "b.jsonl", [line(sha256=A, replacement="x"), line(sha256=B, drop=True)])
    found = read_corrections(spark, tmp_path.as_uri(), USERS, DAY)
    assert found.files == [FILE, FILE.replace("a.jsonl", "b.jsonl")]
    assert [(one.place, one.source_file, one.line_number) for one in found.items] == [
        (f"{FOLDER}/{A}", FILE, 1),
        (f"{FOLDER}/{B}", FILE.replace("a.jsonl", "b.jsonl"), 2),
    ]
    landing.corrections(DAY, "users", "c.jsonl", [line(sha256=A, drop=True)])
    with pytest.raises(DataFailed, match=rf"c.jsonl line 1: another correction of a line that {FILE} line 1 \({A}\) corrects already"):
        read_corrections(spark, tmp_path.as_uri(), USERS, DAY)


def test_a_day_without_corrections_has_none(spark: SparkSession, tmp_path: Path) -> None:
    found = read_corrections(spark, tmp_path.as_uri(), USERS, DAY)
    assert (found.files, found.items) == ([], [])
    check_folders(spark, tmp_path.as_uri())


@pytest.mark.parametrize("name", ["a.json", "a.jsonl.gz", ".a.jsonl", "_a.jsonl", "README"])
def test_another_file_is_refused_by_name(spark: SparkSession, tmp_path: Path, name: str) -> None:
    Landing(tmp_path).corrections(DAY, "users", name, b"")
    with pytest.raises(DataFailed, match=rf"'_corrections/users/dt=2026-11-01/{name}': not a file of corrections"):
        read_corrections(spark, tmp_path.as_uri(), USERS, DAY)


@pytest.mark.parametrize("name", ["a\nDataFailed: forged.jsonl", "\x1b[31m.jsonl", "*.jsonl"])
def test_a_name_that_no_landed_file_may_have_is_refused_and_shown_with_escapes(spark: SparkSession, tmp_path: Path, name: str) -> None:
    Landing(tmp_path).corrections(DAY, "users", name, b"")
    with pytest.raises(DataFailed, match=r"one of : \* \? .* or a control character in the name") as refused:
        read_corrections(spark, tmp_path.as_uri(), USERS, DAY)
    assert str(refused.value).isprintable() and repr(f"{FOLDER}/{name}") in str(refused.value).replace("_corrections/", "")


def test_a_link_out_of_the_landing_folder_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.jsonl").write_bytes(b"")
    Landing(tmp_path / "landing").corrections(DAY, "users", "a.jsonl", b"").unlink()
    (tmp_path / f"landing/{FILE}").symlink_to(tmp_path / "elsewhere.jsonl")
    with pytest.raises(DataFailed, match=r"a\.jsonl': a symbolic link that leads out of the landing folder"):
        read_corrections(spark, (tmp_path / "landing").as_uri(), USERS, DAY)


def test_a_file_that_is_a_link_to_nothing_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    path = Landing(tmp_path).corrections(DAY, "users", "a.jsonl", b"")
    path.unlink()
    path.symlink_to(tmp_path / "nothing")
    with pytest.raises(DataFailed, match=r"a\.jsonl': a link to nothing"):
        read_corrections(spark, tmp_path.as_uri(), USERS, DAY)


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(spark: SparkSession, tmp_path: Path) -> None:
    path = Landing(tmp_path).corrections(DAY, "users", "a.jsonl", b"")
    with path.open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    with pytest.raises(DataFailed, match=r"16,777,217 bytes are more than .* deliver the day's file anew"):
        read_corrections(spark, tmp_path.as_uri(), USERS, DAY)


def folder_of_no_dataset(root: Path) -> str:
    (root / "_corrections/user/dt=2026-11-01").mkdir(parents=True)
    return "_corrections/user"


def folder_of_no_day(root: Path) -> str:
    (root / "_corrections/users/2026-11-01").mkdir(parents=True)
    return "_corrections/users/2026-11-01"


def folder_of_a_day_that_does_not_exist(root: Path) -> str:
    (root / "_corrections/users/dt=2026-11-31").mkdir(parents=True)
    return "_corrections/users/dt=2026-11-31"


def dataset_that_is_a_link_to_nothing(root: Path) -> str:
    (root / "_corrections").mkdir(parents=True)
    (root / "_corrections/users").symlink_to(root / "nothing")
    return "_corrections/users"


def day_that_is_a_link_to_nothing(root: Path) -> str:
    (root / "_corrections/users").mkdir(parents=True)
    (root / "_corrections/users/dt=2026-11-01").symlink_to(root / "nothing")
    return "_corrections/users/dt=2026-11-01"


def file_beside_the_days(root: Path) -> str:
    (root / "_corrections/users").mkdir(parents=True)
    (root / "_corrections/users/a.jsonl").touch()
    return "_corrections/users/a.jsonl"


def file_beside_the_datasets(root: Path) -> str:
    (root / "_corrections").mkdir(parents=True)
    (root / "_corrections/users").touch()
    return "_corrections/users"


@pytest.mark.parametrize(
    "fault",
    [
        folder_of_no_dataset,
        folder_of_no_day,
        folder_of_a_day_that_does_not_exist,
        dataset_that_is_a_link_to_nothing,
        day_that_is_a_link_to_nothing,
        file_beside_the_days,
        file_beside_the_datasets,
    ],
    ids=lambda fault: fault.__name__,
)
def test_what_nobody_would_read_is_refused_by_name(spark: SparkSession, tmp_path: Path, fault: Callable[[Path], str]) -> None:
    name = fault(tmp_path)
    with pytest.raises(DataFailed, match=f"^'{name}': nobody would read it"):
        check_folders(spark, tmp_path.as_uri())


def test_twenty_unmatched_corrections_are_named_and_the_others_counted() -> None:
    left = [Correction(f"{FOLDER}/{n:064x}", None, FILE, n) for n in range(1, 23)]
    told = warnings(left)
    assert told[0] == f"WARNING unmatched correction: {FILE} line 1 ({1:064x}): the day quarantines no such line"
    assert len(told) == 21 and told[-1] == "WARNING unmatched corrections: 2 more"
    assert len(warnings(left[:20])) == 20 and warnings([]) == []
