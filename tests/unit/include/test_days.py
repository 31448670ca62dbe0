from datetime import UTC, datetime, timedelta, timezone

import pytest

from include.days import parse_day, resolve_day

NIGHT = datetime(2026, 10, 31, tzinfo=UTC)


def test_the_param_comes_before_the_interval() -> None:
    assert resolve_day({"day": "2026-11-01"}, NIGHT) == "2026-11-01"


@pytest.mark.parametrize("unset", [None, ""])
def test_without_the_param_it_is_the_day_in_which_the_interval_starts(unset: str | None) -> None:
    assert resolve_day({"day": unset}, NIGHT) == "2026-10-31"


def test_the_interval_is_read_in_utc() -> None:
    # 01:00 in Rome is 23:00 of the day before.
    start = datetime(2026, 11, 2, 1, tzinfo=timezone(timedelta(hours=2)))
    assert resolve_day({"day": None}, start) == "2026-11-01"


def test_a_run_with_neither_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="neither the Param `day` nor a data interval: trigger it with a day, YYYY-MM-DD"):
        resolve_day({"day": None}, None)


@pytest.mark.parametrize("day", ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_taken_as_it_stands(day: str) -> None:
    assert parse_day(day) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "20261101",
        "2026-W44-7",
        "2026-11-1",
        " 2026-11-01",
        "2026-11-01\n",
        "2026-11-01T00:00:00",
        "٢٠٢٦-١١-٠١",
        "",
    ],
    ids=["no leap year", "month 13", "basic form", "week", "one digit", "space", "line end", "time", "other digits", "empty"],
)
def test_any_other_form_is_refused_by_its_value(text: str) -> None:
    with pytest.raises(ValueError, match="is no day of the calendar in the form YYYY-MM-DD") as refused:
        parse_day(text)
    assert repr(text) in str(refused.value)


def test_a_wrong_param_does_not_fall_back_to_the_interval() -> None:
    with pytest.raises(ValueError, match="'2026-11-31' is no day"):
        resolve_day({"day": "2026-11-31"}, NIGHT)
