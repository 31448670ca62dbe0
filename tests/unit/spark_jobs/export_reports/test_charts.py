"""Charts are PNGs of a sane size, the same every time, and draw any text."""

import struct
from pathlib import Path

import matplotlib
import pytest

from spark_jobs.export_reports.charts import DARK, LIGHT, drawable, half_hour_chart, ranked_chart

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HALF_HOURS = list(range(48))


def size_pixels(png: bytes) -> tuple[int, int]:
    """Width and height from the header chunk (PNG specification, 11.2.2)."""
    assert png.startswith(PNG_SIGNATURE)
    assert png[12:16] == b"IHDR"
    assert png.endswith(b"IEND\xaeB`\x82")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize(
    "png",
    [
        pytest.param(half_hour_chart(HALF_HOURS, LIGHT), id="half hours"),
        pytest.param(half_hour_chart([0] * 48, DARK), id="a day without requests"),
        pytest.param(ranked_chart("Ten", [f"u{i}" for i in range(10)], [10**9] * 10, DARK), id="ten bars"),
        pytest.param(ranked_chart("One", ["u1"], [1], LIGHT), id="one bar"),
        pytest.param(ranked_chart("None", [], [], LIGHT), id="no bar"),
    ],
)
def test_png_is_wide_enough_for_a_phone_and_small(png: bytes) -> None:
    width, height = size_pixels(png)
    assert width == 840
    assert 200 <= height <= 900
    assert len(png) < 100_000


def test_same_values_same_bytes() -> None:
    assert half_hour_chart(HALF_HOURS, LIGHT) == half_hour_chart(HALF_HOURS, LIGHT)
    assert half_hour_chart(HALF_HOURS, LIGHT) != half_hour_chart(HALF_HOURS, DARK)
    assert half_hour_chart(HALF_HOURS, LIGHT) != half_hour_chart(HALF_HOURS[::-1], LIGHT)


def test_a_style_of_the_machine_changes_nothing() -> None:
    plain = half_hour_chart(HALF_HOURS, LIGHT)
    with matplotlib.rc_context({"axes.facecolor": "red", "savefig.dpi": 50}):
        assert half_hour_chart(HALF_HOURS, LIGHT) == plain


def test_a_chart_leaves_the_process_style_alone() -> None:
    before = dict(matplotlib.rcParams)
    ranked_chart("One", ["u1"], [1], DARK)
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    ("label", "drawn"),
    [
        ("u1", "u1"),
        ("a" * 22, "a" * 22),
        ("a" * 23, "a" * 21 + "…"),
        ("søren", "søren"),
        ("名", "\ufffd"),  # not in the font
        ("a\nb", "a\ufffdb"),
    ],
)
def test_labels_are_short_and_in_the_font(label: str, drawn: str) -> None:
    assert drawable(label) == drawn


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("label", ["$x^{$", "\\frac{1}{", "名前", "a\nb", ""])
def test_labels_are_text_not_markup(label: str) -> None:
    size_pixels(ranked_chart("Users", [label, "u2"], [2, 1], LIGHT))


def test_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    half_hour_chart(HALF_HOURS, LIGHT)
    assert list(tmp_path.iterdir()) == []
