import pytest

from spark_jobs.export_reports.figures import LABELS, Figure, headline, size_text


@pytest.mark.parametrize(
    ("value", "before", "change"),
    [
        pytest.param(120, None, None, id="no day before"),
        pytest.param(1120, 1000, "+120 (+12.0%)", id="more"),
        pytest.param(750, 1000, "-250 (-25.0%)", id="fewer"),
        pytest.param(7, 7, "no change", id="equal"),
        pytest.param(7, 0, "+7", id="no share of nothing"),
        pytest.param(0, 1200, "-1,200 (-100.0%)", id="down to nothing"),
    ],
)
def test_change(value: int, before: int | None, change: str | None) -> None:
    assert Figure("requests", value, before).change == change


def test_bytes_are_told_in_units() -> None:
    figure = Figure("bytes", 2_500_000, 1_000_000)
    assert (figure.text, figure.change) == ("2.50 MB", "+1.50 MB (+150.0%)")


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (1_234_567_890, "1.23 GB"),
        (5 * 10**18, "5,000 PB"),
    ],
)
def test_size_text(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text


def test_headline_has_every_figure_and_only_known_changes() -> None:
    values = dict.fromkeys(LABELS, 5)
    figures = headline(values, {"requests": 4, "gone": 1})
    assert [figure.name for figure in figures] == list(LABELS)
    assert {figure.name: figure.change for figure in figures if figure.change} == {"requests": "+1 (+25.0%)"}
