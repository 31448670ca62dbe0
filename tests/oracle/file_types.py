"""The file type of an action."""

import re

FILE_TYPE = re.compile(r"[a-z0-9]{1,8}")


def file_type(action: str) -> str:
    """What follows the last dot of the path's last segment; `none` where docs/data.md sees no type."""
    path = re.split(r"[?#]", action, maxsplit=1)[0]
    segment = path.rpartition("/")[2]
    stem, dot, ending = segment.rpartition(".")
    ending = ending.lower()
    return ending if dot and stem and FILE_TYPE.fullmatch(ending) else "none"
