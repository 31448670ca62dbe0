"""The settings that the data contract depends on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OracleSettings:
    """The values docs/data.md writes in brackets; a test of another value passes it by name."""

    late_days: int = 2  # how many days before the landing day a request may have happened
    max_line_bytes: int = 1024 * 1024  # a line of more bytes is TOO_LONG
    young_below: int = 21  # years; mart.young_by_gender holds the users below it
    max_users_per_ip: int = 50  # an address with more named users is a hub
    erased: frozenset[str] = frozenset()  # the names of erased users


DEFAULTS = OracleSettings()
