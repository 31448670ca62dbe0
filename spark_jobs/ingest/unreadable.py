"""A file that cannot be read to its end, in what Spark says of it."""

import re
from urllib.parse import unquote

# Spark names the file, URL-encoded, in the error of the task that could not read it.
_NAMED = re.compile(r"FAILED_READ_FILE\S* Encountered error while reading file (\S+?)\.?\s")


def unreadable_file(error: Exception) -> str | None:
    """The URI of the file; None where the error is another one."""
    found = _NAMED.search(str(error))
    return None if found is None else unquote(found[1])
