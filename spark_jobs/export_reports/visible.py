"""Foreign text for the eye: what cannot be seen, or would change what stands around it, is written as an escape."""

from spark_jobs.export_reports.measures import SAMPLE_CHARACTERS


def visible(text: str) -> str:
    """Every control character, bidirectional mark and unusual space as a Python escape: `\\x1b`, `\\u202e`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def sample_text(head: bytes, line_bytes: int) -> str:
    """The first 200 characters of a line from its first bytes; bytes that are not UTF-8 as `\\xff`; `…` marks a cut.

    line_bytes: the length of the whole line.
    """
    text = visible(head.decode("utf-8", errors="backslashreplace"))
    is_cut = len(text) > SAMPLE_CHARACTERS or line_bytes > len(head)
    return text[:SAMPLE_CHARACTERS] + ("…" if is_cut else "")
