"""Names of releases, as export_reports makes them: `<day>-<moment>-<random>`."""

import re

RELEASE_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$"
RELEASE_LENGTH = 34


def parse_release(text: str, day: str) -> str:
    """Return the name of a release of the day; ValueError for anything else."""
    if len(text) != RELEASE_LENGTH or not re.match(RELEASE_PATTERN, text):
        raise ValueError(f"{text!r} is not the name of a release, such as {day}-20261102T010203Z-1f2e3d")
    if not text.startswith(f"{day}-"):
        raise ValueError(f"{text} is a release of {text[: len(day)]} and not of {day}")
    return text
