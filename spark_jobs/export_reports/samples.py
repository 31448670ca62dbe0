"""Samples of bad lines for the eye."""

from spark_jobs.export_reports.measures import SAMPLE_CHARACTERS
from spark_jobs.lake.visible import visible


def sample_text(head: bytes, line_bytes: int) -> str:
    """The first 200 characters of a line from its first bytes; bytes that are not UTF-8 as `\\xff`; `…` marks a cut.

    line_bytes: the length of the whole line.
    """
    text = visible(head.decode("utf-8", errors="backslashreplace"))
    is_cut = len(text) > SAMPLE_CHARACTERS or line_bytes > len(head)
    return text[:SAMPLE_CHARACTERS] + ("…" if is_cut else "")
