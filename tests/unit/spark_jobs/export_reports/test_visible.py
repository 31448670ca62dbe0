import pytest

from spark_jobs.export_reports.samples import sample_text
from spark_jobs.lake.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 名 \U0001f600", "plain é 名 \U0001f600"),
        ("a\tb\x00\x1b[31m\x7f", r"a\tb\x00\x1b[31m\x7f"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),  # would turn the text around it
        ("a\u00a0b\u200b", r"a\xa0b\u200b"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_bytes_that_are_not_utf8_are_escaped() -> None:
    assert sample_text(b"ab\xff\xfe c", 6) == r"ab\xff\xfe c"


def test_200_characters_are_whole() -> None:
    assert sample_text(b"x" * 200, 200) == "x" * 200


def test_longer_lines_are_cut_and_marked() -> None:
    assert sample_text(b"x" * 201, 201) == "x" * 200 + "…"


def test_a_head_cut_inside_a_character_still_has_200_whole_ones() -> None:
    # 800 bytes of a long line that starts with 1 byte and goes on with characters of 4: the last one is torn.
    head = ("a" + "\U0001f600" * 300).encode()[:800]
    assert sample_text(head, 1201) == "a" + "\U0001f600" * 199 + "…"


def test_blank_line() -> None:
    assert sample_text(b"", 0) == ""
