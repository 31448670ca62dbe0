"""The marts of the good day, written by hand from its five kept requests."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

DAY = date(2026, 11, 1)
TEN = datetime(2026, 11, 1, 10, tzinfo=UTC)


def _after_ten(seconds: int) -> datetime:
    return TEN + timedelta(seconds=seconds)


def _window(start_seconds: int, *top: tuple[str, int]) -> list[tuple[Any, ...]]:
    """The rows of the window that starts so long after ten, of (user_id, requests) in the order of their rank."""
    start, end = _after_ten(start_seconds), _after_ten(start_seconds + 300)
    return [(DAY, start, end, rank, user_id, requests) for rank, (user_id, requests) in enumerate(top, 1)]


MART_ROWS: dict[str, list[tuple[Any, ...]]] = {
    "mart_user_daily": [
        (DAY, "u1", 2, 2, 100, _after_ten(0), _after_ten(40), "Ann", 20, "F"),
        (DAY, "u2", 1, 1, 50, _after_ten(10), _after_ten(10), None, 35, None),
        (DAY, "u9", 1, 1, 0, _after_ten(60), _after_ten(60), None, None, None),
    ],
    "mart_young_by_gender": [(DAY, "F", 1, 1, 2), (DAY, "unknown", 1, 0, 0)],
    "mart_ip_users_daily": [
        (DAY, "192.0.2.1", 2, 2, ["u1", "u2"]),
        (DAY, "192.0.2.2", 1, 1, ["u1"]),
        (DAY, "192.0.2.3", 0, 1, []),
        (DAY, "192.0.2.4", 1, 1, ["u9"]),
    ],
    "mart_file_types_daily": [(DAY, "html", 2, 100), (DAY, "png", 1, 50), (DAY, "none", 2, 10)],
    # u1 is seen 0 and 40 s, u2 10 s, u9 60 s after ten.
    "mart_top_users_by_window": [
        *_window(-270, ("u1", 1), ("u2", 1)),  # the first slot only; the tie goes to the smaller user_id
        *_window(-240, ("u1", 2), ("u2", 1)),
        *[row for start in range(-210, 1, 30) for row in _window(start, ("u1", 2), ("u2", 1), ("u9", 1))],
        *_window(30, ("u1", 1), ("u9", 1)),
        *_window(60, ("u9", 1)),
    ],
    "mart_identities": [
        (DAY, "user", "u1", "u1", 2, 2),
        (DAY, "user", "u2", "u1", 2, 2),
        (DAY, "ip", "192.0.2.1", "u1", 2, 2),
        (DAY, "ip", "192.0.2.2", "u1", 2, 2),
        (DAY, "user", "u9", "u9", 1, 1),
        (DAY, "ip", "192.0.2.4", "u9", 1, 1),
    ],
}
