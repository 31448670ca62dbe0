"""The generated request lines of a day, chunk by chunk: memory stays flat however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tools.sample_data import catalog
from tools.sample_data.bad_lines import LATE_DAYS, bad_request_lines, too_long_request_line
from tools.sample_data.people import ADDRESSES_PER_USER, People
from tools.sample_data.times import clock_strings, httpd_date, seconds_of_day

LINES_PER_CHUNK = 50_000
BAD_SHARE = 0.004
LATE_SHARE = 0.006
ANONYMOUS_SHARE = 0.15
# The address a user comes from, as an index into the user's addresses: mostly the own one.
ADDRESS_SLOTS = np.array([0, 0, 0, 1, 1, 2])


@dataclass(frozen=True)
class Part:
    """The request lines of one file."""

    day: date
    lines: int
    four_fields_share: float  # of the lines; the others are Combined, a few Common
    has_too_long_line: bool


def request_chunks(part: Part, people: People, rng: np.random.Generator) -> Iterator[list[bytes]]:
    """Lines without their ends, in the order of their times but for the late and the bad ones."""
    for first in range(0, part.lines, LINES_PER_CHUNK):
        size = min(LINES_PER_CHUNK, part.lines - first)
        shares = (first + np.sort(rng.random(size)) * size) / part.lines
        lines = _good_lines(part, people, seconds_of_day(shares), rng)
        _scatter_bad_lines(part, lines, first == 0, rng)
        yield lines


def _good_lines(part: Part, people: People, seconds: np.ndarray, rng: np.random.Generator) -> list[bytes]:
    is_four = rng.random(len(seconds)) < part.four_fields_share
    four = iter(_four_fields_lines(part.day, seconds[is_four], people, rng))
    httpd = iter(_httpd_lines(part.day, seconds[~is_four], people, rng))
    return [next(four if choice else httpd) for choice in is_four.tolist()]


def _four_fields_lines(day: date, seconds: np.ndarray, people: People, rng: np.random.Generator) -> list[bytes]:
    size = len(seconds)
    dates = [(day - timedelta(days=back)).isoformat() for back in range(LATE_DAYS + 1)]
    columns = zip(
        _days_back(size, rng),
        _clocks(seconds),
        *_visitors(people, catalog.STRANGERS, size, rng),
        _drawn(catalog.ACTIONS, size, rng),
        strict=True,
    )
    return [f"{dates[back]}T{clock}Z {user} {address} {page}".encode() for back, clock, user, address, page in columns]


def _httpd_lines(day: date, seconds: np.ndarray, people: People, rng: np.random.Generator) -> list[bytes]:
    size = len(seconds)
    dates = [httpd_date(day - timedelta(days=back)) for back in range(LATE_DAYS + 1)]
    columns = zip(
        _days_back(size, rng),
        _clocks(seconds),
        *_visitors(people, catalog.STRANGERS_AND_HOSTS, size, rng),
        _drawn(catalog.REQUESTS, size, rng),
        _drawn(catalog.STATUSES, size, rng),
        rng.integers(0, 60_000, size).tolist(),
        _drawn(catalog.TAILS, size, rng),
        strict=True,
    )
    return [
        f'{address} - {user} [{dates[back]}:{clock} +0000] "{request}" {status} {size_bytes or "-"}{tail}'.encode()
        for back, clock, user, address, request, status, size_bytes, tail in columns
    ]


def _days_back(size: int, rng: np.random.Generator) -> list[int]:
    """0 for a request of the day, 1 to LATE_DAYS for a late one."""
    is_late = rng.random(size) < LATE_SHARE
    days_back: list[int] = (is_late * rng.integers(1, LATE_DAYS + 1, size)).tolist()
    return days_back


def _clocks(seconds: np.ndarray) -> list[str]:
    clocks = clock_strings()
    return [clocks[second] for second in seconds.tolist()]


def _visitors(people: People, strangers: Sequence[str], size: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """user_id, `-` if anonymous, and address of each request."""
    numbers = people.active[np.searchsorted(people.cumulated_activity[:-1], rng.random(size))]
    slots = numbers * ADDRESSES_PER_USER + ADDRESS_SLOTS[rng.integers(0, len(ADDRESS_SLOTS), size)]
    users = [people.ids[number] for number in numbers.tolist()]
    addresses = [people.addresses[slot] for slot in slots.tolist()]
    anonymous = np.flatnonzero(rng.random(size) < ANONYMOUS_SHARE).tolist()
    for position, stranger in zip(anonymous, _drawn(strangers, len(anonymous), rng), strict=True):
        users[position] = "-"
        addresses[position] = stranger
    return users, addresses


def _drawn(pool: Sequence[str], size: int, rng: np.random.Generator) -> list[str]:
    return [pool[index] for index in rng.integers(0, len(pool), size).tolist()]


def _scatter_bad_lines(part: Part, lines: list[bytes], is_first_chunk: bool, rng: np.random.Generator) -> None:
    """Puts bad lines in the place of good ones; the first chunk gets at least one of each kind."""
    bad = bad_request_lines(part.day)
    count = max(round(len(lines) * BAD_SHARE), len(bad) if is_first_chunk else 0)
    positions = rng.choice(len(lines), count, replace=False).tolist()
    for index, position in enumerate(positions):
        lines[position] = bad[index % len(bad)]
    if part.has_too_long_line and is_first_chunk:
        lines[positions[-1]] = too_long_request_line(part.day)
