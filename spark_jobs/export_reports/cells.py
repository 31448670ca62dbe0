"""The text of a CSV cell, a whole column at a time: timestamps, lists, and texts that no spreadsheet runs.

Every function takes an Arrow-backed column and returns an Arrow-backed column of strings without NULLs; a NULL is the
empty text. Quoting is the file's matter (csv_files.py), not the cell's.
"""

import json
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

STRING = pd.ArrowDtype(pa.string())
# The cast to a naive timestamp keeps the UTC clock and asks no time zone database, which a slim image may lack.
NAIVE = pd.ArrowDtype(pa.timestamp("us"))

# A spreadsheet takes a cell that starts with one of these for a formula (OWASP, "CSV Injection").
FORMULA_START = r"[=+\-@\t\r]"


def text_cells(texts: pd.Series) -> pd.Series:
    """Texts as they are, but with an apostrophe before one that a spreadsheet would run."""
    cells = texts.astype(STRING).fillna("")
    return cells.mask(cells.str.match(FORMULA_START), "'" + cells)


def integer_cells(numbers: pd.Series) -> pd.Series:
    """Whole numbers in decimal digits, never as a float."""
    return numbers.astype(STRING).fillna("")


def date_cells(days: pd.Series) -> pd.Series:
    """Days as YYYY-MM-DD."""
    return days.astype(STRING).fillna("")


def timestamp_cells(moments: pd.Series) -> pd.Series:
    """Moments with microseconds as `2026-11-01T10:00:00Z`; six digits of fraction only where it is not 0."""
    texts = moments.astype(NAIVE).astype(STRING)
    texts = texts.str.replace(" ", "T", regex=False).str.removesuffix(".000000") + "Z"
    return texts.fillna("")


def list_cells(lists: pd.Series) -> pd.Series:
    """Lists of strings as compact JSON, `["u1","u2"]`, not ASCII-escaped."""
    present = lists.dropna()
    texts = pd.Series([_json_list(items) for items in present], present.index, STRING)
    return texts.reindex(lists.index).fillna("")


def _json_list(items: Sequence[str]) -> str:
    return json.dumps(list(items), ensure_ascii=False, separators=(",", ":"))
