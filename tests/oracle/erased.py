"""Erased users: a line that is refused is erased where it, or what was to stand in for it, holds the name of one."""

import json
import re

from tests.oracle.counts import Ledger
from tests.oracle.reasons import Reason
from tests.oracle.settings import OracleSettings


def refuse(ledger: Ledger, source_file: str, reason: Reason, line: bytes, replacement: bytes | None, settings: OracleSettings) -> None:
    """Quarantine a line, or erase it. replacement: None where nothing stands in for it."""
    if any(holds_a_name(held, settings) for held in (line, replacement) if held is not None):
        ledger.files[source_file].erased += 1
    else:
        ledger.refuse(source_file, reason, line)


def holds_a_name(line: bytes, settings: OracleSettings) -> bool:
    """Whether a name stands in the line so that neither of its ends cuts a word (letters, digits, `_`) in two, or is the user_id of a
    JSON object, however that is escaped."""
    text = line.decode(errors="replace")
    if _user_id(text) in settings.erased:
        return True
    return any(re.search(rf"{_edge(name[0], True)}{re.escape(name)}{_edge(name[-1], False)}", text) for name in settings.erased)


def _user_id(text: str) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    name = value.get("user_id") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def _edge(character: str, is_start: bool) -> str:
    if not re.match(r"\w", character):
        return ""
    return r"(?<!\w)" if is_start else r"(?!\w)"
