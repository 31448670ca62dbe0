"""Foreign text for the eye: what cannot be seen, or would change what stands around it, is written as an escape."""


def visible(text: str) -> str:
    """Every control character, bidirectional mark and unusual space as a Python escape: `\\x1b`, `\\u202e`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
