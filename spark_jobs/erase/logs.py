"""Logs: a line that holds the name goes, and so does a compressed or binary file that holds it."""

import re
from collections.abc import Iterable

from spark_jobs.erase.folders import File, files_with
from spark_jobs.erase.name import Name

BLANKED = b"(a line that an erasure has removed)"


def clean_logs(uris: Iterable[str], name: Name) -> dict[str, int]:
    """Returns how many lines and how many whole files went. Also a longer name that the name is a part of counts: rather too much."""
    gone = {"log lines": 0, "log files": 0}
    for uri in uris:
        for file in files_with(uri, name.anywhere, name.longest_bytes):
            content = b"" if file.codec else b"".join(file.read())
            if file.codec or b"\0" in content:
                file.remove()
                gone["log files"] += 1
            else:
                gone["log lines"] += _without_lines(file, content, name.anywhere)
    return gone


def _without_lines(file: File, content: bytes, pattern: re.Pattern[bytes]) -> int:
    lines = content.split(b"\n")
    kept = [BLANKED if pattern.search(line) else line for line in lines]
    with file.filesystem.open_output_stream(file.path, compression=None) as stream:
        stream.write(b"\n".join(kept))
    return sum(line is BLANKED for line in kept)
