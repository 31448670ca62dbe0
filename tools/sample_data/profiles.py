"""The generated profiles: CSV records of varying width, some with quotes."""

import numpy as np

from tools.sample_data.people import user_id

PROFILE_EVERY = 4  # each 4th user has no profile
MAX_INFO_COLUMNS = 6
INFO = ("garden", "newsletter", "", "since 2019", '"tools, used"', '"says ""hello"""', "caf\u00e9", "-1", "two words")


def profile_lines(count: int, seed: int) -> list[bytes]:
    """One record a user; the width is 1 (no info) to 1 + MAX_INFO_COLUMNS."""
    rng = np.random.default_rng([seed, 3])
    return [_profile_line(number, rng) for number in range(count) if number % PROFILE_EVERY != PROFILE_EVERY - 1]


def _profile_line(number: int, rng: np.random.Generator) -> bytes:
    info = rng.integers(0, len(INFO), rng.integers(0, MAX_INFO_COLUMNS + 1))
    return ",".join([user_id(number), *(INFO[index] for index in info)]).encode()
