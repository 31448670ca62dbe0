"""raw.users and raw.profiles of a day: one row a key, where the rows of a key agree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from tests.oracle import files
from tests.oracle.corrections import Corrections, read_corrections
from tests.oracle.counts import Ledger
from tests.oracle.erased import refuse
from tests.oracle.profile_line import Profile, parse_profile
from tests.oracle.reasons import Reason, Refused
from tests.oracle.settings import OracleSettings
from tests.oracle.text import decode
from tests.oracle.user_line import User, parse_user

Row = TypeVar("Row", bound=User | Profile)


@dataclass(frozen=True)
class Landed(Generic[Row]):
    """A valid row, the file and the bytes of its line, and whether a correction stands in for the line."""

    row: Row
    source_file: str
    line: bytes
    is_corrected: bool = False


def read_users(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> list[User]:
    """The rows of raw.users, sorted by user_id."""
    return _read(landing, "users", day, parse_user, settings, ledger)


def read_profiles(landing: Path, day: date, settings: OracleSettings, ledger: Ledger) -> list[Profile]:
    """The rows of raw.profiles, sorted by user_id."""
    return _read(landing, "profiles", day, parse_profile, settings, ledger)


def _read(landing: Path, dataset: str, day: date, parse: Callable[[str], Row], settings: OracleSettings, ledger: Ledger) -> list[Row]:
    corrections = read_corrections(landing, dataset, day)

    def valid(line: bytes, source_file: str, landed: bytes, is_corrected: bool) -> list[Landed[Row]]:
        """The row of a line; nothing, but in the ledger, if it is an erased user's. Refused: the line is bad."""
        row = parse(decode(line, settings.max_line_bytes))
        if row.user_id in settings.erased:
            ledger.files[source_file].erased += 1
            return []
        return [Landed(row, source_file, landed, is_corrected)]

    def correct(source_file: str, line: bytes) -> list[Landed[Row]]:
        """The line as its correction has it; nothing, but in the ledger, if that drops it or is bad itself."""
        replacement = corrections.take(line)
        if replacement is None:
            ledger.files[source_file].dropped += 1
            return []
        try:
            return valid(replacement, source_file, line, is_corrected=True)
        except Refused as refused:
            refuse(ledger, source_file, refused.reason, line, replacement, settings)
            return []

    rows: list[Landed[Row]] = []
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
                rows += valid(line, source_file, line, is_corrected=False)
            except Refused as refused:
                if corrections.has(line):
                    rows += correct(source_file, line)
                else:
                    refuse(ledger, source_file, refused.reason, line, None, settings)
    disagreeing = [one for group in _groups(rows) if len({one.row for one in group}) > 1 for one in group]
    to_correct = [one for one in disagreeing if not one.is_corrected and corrections.has(one.line)]
    kept: list[Landed[Row]] = [one for one in rows if not any(one is other for other in to_correct)]
    corrected: list[Landed[Row]] = [fixed for one in to_correct for fixed in correct(one.source_file, one.line)]
    accepted = sorted(_agreeing(_groups([*kept, *corrected]), ledger, corrections, settings))
    ledger.open_corrections(corrections)
    return accepted


def _groups(rows: Iterable[Landed[Row]]) -> list[list[Landed[Row]]]:
    """By user_id, in the order of files; in a file what was landed so before what was corrected."""
    groups: dict[str, list[Landed[Row]]] = {}
    for one in sorted(rows, key=lambda one: (one.source_file.encode(), one.is_corrected)):
        groups.setdefault(one.row.user_id, []).append(one)
    return list(groups.values())


def _agreeing(groups: Iterable[list[Landed[Row]]], ledger: Ledger, corrections: Corrections, settings: OracleSettings) -> list[Row]:
    accepted = []
    for group in groups:
        if len({one.row for one in group}) > 1:
            for one in group:
                replacement = corrections.of(one.line) if one.is_corrected else None
                refuse(ledger, one.source_file, Reason.CONFLICTING_KEY, one.line, replacement, settings)
            continue
        first, *others = group
        accepted.append(first.row)
        ledger.files[first.source_file].accepted += 1
        ledger.files[first.source_file].corrected += first.is_corrected
        for other in others:
            ledger.files[other.source_file].duplicates += 1
    return accepted
