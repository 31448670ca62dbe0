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
    forms = {form for name in settings.erased for form in _forms(name)}
    return any(re.search(rf"{_edge(form[0], True)}{re.escape(form)}{_edge(form[-1], False)}", text) for form in forms)


def _forms(name: str) -> set[str]:
    """As it is, with the escapes of JSON and Python, of URLs, HTML and a CSV."""
    in_json = re.sub(r"[^\x20-\x7e]", lambda found: f"\\u{ord(found[0]):04x}", name)
    in_python = name.encode("unicode_escape").decode()
    in_a_url = {re.sub(rf"[^\w.~{kept}-]", lambda found: f"%{ord(found[0]):02X}", name) for kept in ("", "/") if name.isascii()}
    in_html = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;").replace("'", "&#39;")
    return {name, in_json, in_python, *in_a_url, in_html, name.replace('"', '""')}


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
