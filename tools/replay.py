"""A landed day of requests sent to one reader over TCP, at a multiple of the speed at which it happened.

Each line goes in base64: whoever reads lines of text from a socket decodes them, and splits them at a return too.
"""

import base64
import codecs
import gzip
import heapq
import re
import socket
import statistics
import threading
import time
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from tools.cluster.plan import HOST

MOMENT = re.compile(rb"^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)|\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d)")
CHUNK_LINES = 500
FOLLOWING = 9  # lines by which another one's clock is judged; fewer than half of them may be wrong too
DAY_SECONDS = 86400
Timed = tuple[float, bytes]
Written = tuple[float | None, bytes]


def timed_lines(path: Path, span: tuple[float, float]) -> Iterator[Timed]:
    """A file's lines, each with the second in which it was written.

    One without a time in the span is sent with the line before it; so is one whose time most of the next lines are before: its clock was
    ahead, and it would hold them back.
    """
    moment: float | None = None
    for (written, line), following in with_following(written_lines(path, span)):
        known = [other for other, _ in following if other is not None]
        usual = statistics.median_low(known) if known else None
        if written is not None and (usual is None or written <= usual):
            moment = written
        elif moment is None:
            moment = usual
        yield span[0] if moment is None else moment, line


def written_lines(path: Path, span: tuple[float, float]) -> Iterator[Written]:
    """A file's lines without their ends, each with its own moment where that is in the span."""
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
        for number, line in enumerate(file):
            written = moment_of(line)
            # A byte order mark is no part of the first line, as for the daily chain.
            own = line.removesuffix(b"\n") if number else line.removesuffix(b"\n").removeprefix(codecs.BOM_UTF8)
            yield written if written is not None and span[0] <= written < span[1] else None, own


def with_following(lines: Iterable[Written]) -> Iterator[tuple[Written, list[Written]]]:
    """Each line with up to FOLLOWING after it."""
    waiting: deque[Written] = deque()
    for line in lines:
        waiting.append(line)
        if len(waiting) > FOLLOWING:
            yield waiting.popleft(), list(waiting)
    while waiting:
        yield waiting.popleft(), list(waiting)


def moment_of(line: bytes) -> float | None:
    """Seconds by the line's own clock, whose offset is the same all day; None where it names no moment."""
    found = MOMENT.search(line)
    if found is None:
        return None
    text = (found[1] or found[2]).decode()
    try:
        written = datetime.fromisoformat(text) if found[1] else datetime.strptime(text, "%d/%b/%Y:%H:%M:%S")
        return written.replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def in_order(paths: Iterable[Path], day: date) -> Iterator[Timed]:
    """The lines of all files of a day as they happened, as far as each file is in order itself."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    span = (midnight, midnight + DAY_SECONDS)
    return heapq.merge(*[timed_lines(path, span) for path in paths], key=lambda line: line[0])


class Replay:
    """A server on loopback that sends the lines to the first that connects, each in base64, then closes.

    sent: the lines sent so far. error: why it ended before the last line, such as a file that cannot be read to its end.
    """

    def __init__(self, paths: list[Path], day: date, speed: float) -> None:
        self.paths, self.day, self.speed, self.sent = paths, day, speed, 0
        self.error: Exception | None = None
        self.stopped = threading.Event()
        self._server = socket.create_server((HOST, 0))
        self.address = f"{HOST}:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection, also in the middle of the day."""
        self.stopped.set()
        self._server.close()

    def _serve(self) -> None:
        try:
            connection, _ = self._server.accept()
        except OSError:
            return  # stopped before anybody came
        self._server.close()  # a second connection would wait for ever
        with connection:
            try:
                self._send(connection)
            except ConnectionError:
                return  # the reader has ended
            except (OSError, EOFError, zlib.error) as error:
                self.error = error

    def _send(self, connection: socket.socket) -> None:
        first, begun = 0.0, time.monotonic()
        waiting: list[bytes] = []
        for moment, line in in_order(self.paths, self.day):
            first = first or moment
            due = begun + max(0.0, moment - first) / self.speed
            if waiting and (due > time.monotonic() or len(waiting) == CHUNK_LINES):
                self._send_now(connection, waiting)
            if self.stopped.wait(max(0.0, due - time.monotonic())):
                return
            waiting.append(base64.b64encode(line) + b"\n")
        self._send_now(connection, waiting)

    def _send_now(self, connection: socket.socket, lines: list[bytes]) -> None:
        connection.sendall(b"".join(lines))
        self.sent += len(lines)
        lines.clear()
