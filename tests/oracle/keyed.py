"""raw.users and raw.profiles of a day: one row a key, where the rows of a key agree."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from tests.oracle import files
from tests.oracle.counts import Ledger
from tests.oracle.erased import holds_a_name
from tests.oracle.profile_line import Profile, parse_profile
from tests.oracle.reasons import Reason, Refused
from tests.oracle.settings import OracleSettings
from tests.oracle.text import decode
from tests.oracle.user_line import User, parse_user

Row = TypeVar("Row", User, Profile)


def read_users(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> list[User]:
    """The rows of raw.users, sorted by user_id."""
    return _read(landing, "users", day, parse_user, settings, ledger)


def read_profiles(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> list[Profile]:
    """The rows of raw.profiles, sorted by user_id."""
    return _read(landing, "profiles", day, parse_profile, settings, ledger)


def _read(landing: Path, dataset: str, day: date, parse: Callable[[str], Row], settings: OracleSettings, ledger: Ledger) -> list[Row]:
    landed: dict[str, list[tuple[Row, str, bytes]]] = {}  # by user_id, in the order of file names and lines
    duplicates = files.duplicate_files(landing, dataset, day, settings.late_days)
    for path in files.list_files(landing, dataset, day):
        source_file = files.source_file(landing, path)
        counts = ledger.open_file(source_file)
        for line in files.read_lines(path):
            counts.lines += 1
            if path in duplicates:
                counts.duplicates += 1
                continue
            try:
                row = parse(decode(line, settings.max_line_bytes))
            except Refused as refused:
                _refuse(ledger, source_file, refused.reason, line, settings)
                continue
            if row.user_id in settings.erased:
                counts.erased += 1
                continue
            landed.setdefault(row.user_id, []).append((row, source_file, line))
    return sorted(_agreeing(landed.values(), ledger, settings))


def _refuse(ledger: Ledger, source_file: str, reason: Reason, line: bytes, settings: OracleSettings) -> None:
    if holds_a_name(line, settings):
        ledger.files[source_file].erased += 1
    else:
        ledger.refuse(source_file, reason, line)


def _agreeing(groups: Iterable[list[tuple[Row, str, bytes]]], ledger: Ledger, settings: OracleSettings) -> list[Row]:
    accepted = []
    for group in groups:
        if len({row for row, _, _ in group}) > 1:
            for _, source_file, line in group:
                _refuse(ledger, source_file, Reason.CONFLICTING_KEY, line, settings)
            continue
        (row, first_file, _), *others = group
        accepted.append(row)
        ledger.files[first_file].accepted += 1
        for _, source_file, _ in others:
            ledger.files[source_file].duplicates += 1
    return accepted
