from datetime import date
from pathlib import Path

from include.landing import missing_markers
from tests.landing import Landing

DAY = date(2026, 11, 1)


def test_the_missing_markers_are_named_as_uris(tmp_path: Path) -> None:
    Landing(tmp_path).complete(DAY, "requests")
    assert missing_markers(tmp_path.as_uri(), "2026-11-01") == [
        f"{tmp_path.as_uri()}/users/dt=2026-11-01/_SUCCESS",
        f"{tmp_path.as_uri()}/profiles/dt=2026-11-01/_SUCCESS",
    ]


def test_a_day_with_its_three_markers_has_landed(tmp_path: Path) -> None:
    Landing(tmp_path).complete(DAY)
    assert missing_markers(f"{tmp_path.as_uri()}/", "2026-11-01") == []


def test_the_markers_of_another_day_do_not_count(tmp_path: Path) -> None:
    Landing(tmp_path).complete(date(2026, 11, 2))
    assert len(missing_markers(tmp_path.as_uri(), "2026-11-01")) == 3


def test_files_without_a_marker_have_not_landed(tmp_path: Path) -> None:
    Landing(tmp_path).users(DAY, "a.json", [{"user_id": "u1"}])
    assert f"{tmp_path.as_uri()}/users/dt=2026-11-01/_SUCCESS" in missing_markers(tmp_path.as_uri(), "2026-11-01")
