"""The generated users: who they are, from where they come, how much they click."""

import json
from dataclasses import dataclass

import numpy as np

FIRST_SYLLABLES = ("Ba", "Do", "Fe", "Gi", "Ka", "Lu", "Mi", "No", "Pe", "Ra", "Su", "Ti", "Vo", "Ze")
LAST_SYLLABLES = ("bel", "dor", "fin", "gal", "kem", "lun", "mar", "nix", "pol", "rin", "sel", "tov", "wyn", "zur")
GENDERS = ("female", "male", "nonbinary", None)
GENDER_SHARES = (0.44, 0.42, 0.04, 0.10)
MIN_AGE_YEARS, MAX_AGE_YEARS = 13, 89
SHARE_WITHOUT_AGE = 0.08
# Users with consecutive numbers share one address; the sizes repeat, so that clusters of each size exist.
HOUSEHOLD_SIZES = (1, 1, 2, 1, 3, 1, 1, 5, 2, 8)
HUB_ADDRESS = "198.51.100.7"
HUB_USERS = 90  # well above max_users_per_ip (50), as not all of them use it every day
HUB_CANDIDATES = 300  # the busiest users
MIN_USERS_FOR_HUB = 200
SILENT_EVERY = 11  # each 11th user makes no request
UNKNOWN_EVERY = 37  # each 37th user makes requests and is in no users file
IPV6_EVERY = 5
FORMULA_NAME = "=1+1"  # a spreadsheet would run it
FORMULA_USER = 3
ADDRESSES_PER_USER = 3


@dataclass(frozen=True)
class People:
    """The users by number, from 0.

    ids: user_id. addresses: ADDRESSES_PER_USER in a row for each user: the user's own, the household's, the hub's or
    again the own. active: the numbers of the users who make requests, busiest first; cumulated_activity: the share of
    the requests that they and all busier ones make (Zipf's law).
    """

    ids: list[str]
    addresses: list[str]
    active: np.ndarray
    cumulated_activity: np.ndarray


def build_people(count: int, seed: int) -> People:
    """The same people on every day of a seed."""
    in_hub = _hub_members(count, seed)
    addresses: list[str] = []
    for number, household in enumerate(_households(count)):
        own = _own_address(number)
        addresses += [own, _household_address(household), HUB_ADDRESS if number in in_hub else own]
    active = np.array([number for number in range(count) if number % SILENT_EVERY != SILENT_EVERY - 1])
    weights = 1 / (np.arange(len(active)) + 5)
    return People([user_id(number) for number in range(count)], addresses, active, np.cumsum(weights / weights.sum()))


def user_id(number: int) -> str:
    return f"u{number:06d}"


def user_lines(count: int, seed: int) -> list[bytes]:
    """One JSON object a user; each UNKNOWN_EVERY-th user is left out."""
    rng = np.random.default_rng([seed, 2])
    return [_user_line(number, rng) for number in range(count) if number % UNKNOWN_EVERY != UNKNOWN_EVERY - 1]


def _user_line(number: int, rng: np.random.Generator) -> bytes:
    first, middle, last = rng.integers(0, len(FIRST_SYLLABLES), 3)
    name = f"{FIRST_SYLLABLES[first]}{LAST_SYLLABLES[middle]} {FIRST_SYLLABLES[last]}{LAST_SYLLABLES[first]}"
    user: dict[str, object] = {"user_id": user_id(number), "name": FORMULA_NAME if number == FORMULA_USER else name}
    if rng.random() >= SHARE_WITHOUT_AGE:
        user["age"] = int(rng.integers(MIN_AGE_YEARS, MAX_AGE_YEARS + 1))
    gender = GENDERS[int(np.searchsorted(np.cumsum(GENDER_SHARES[:-1]), rng.random()))]
    if gender is not None or number % 2:  # of those without a gender, half have the key with null and half no key
        user["gender"] = gender
    return json.dumps(user).encode()


def _households(count: int) -> list[int]:
    """The household of each user."""
    households: list[int] = []
    household = 0
    while len(households) < count:
        households += [household] * HOUSEHOLD_SIZES[household % len(HOUSEHOLD_SIZES)]
        household += 1
    return households[:count]


def _hub_members(count: int, seed: int) -> set[int]:
    if count < MIN_USERS_FOR_HUB:
        return set()
    return set(np.random.default_rng([seed, 1]).choice(min(count, HUB_CANDIDATES), HUB_USERS, replace=False).tolist())


def _own_address(number: int) -> str:
    if number % IPV6_EVERY == 0:
        return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"
    return _private_address(number)


def _household_address(household: int) -> str:
    return _private_address(household + 200 * 62_500)  # 10.200.0.0 and up: above the own addresses


def _private_address(number: int) -> str:
    return f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
