"""A landed day of requests sent to one reader over TCP, at a multiple of the speed at which it happened."""

import gzip
import heapq
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tools.cluster.plan import HOST

MOMENT = re.compile(rb"^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)|\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d)")
CHUNK_BYTES = 64 * 1024
Timed = tuple[float, bytes]


def timed_lines(path: Path) -> Iterator[Timed]:
    """A file's lines, each with the second in which it was written; one without a time is sent with the line before it."""
    moment = 0.0
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
        for line in file:
            moment = moment_of(line) or moment
            yield moment, line.rstrip(b"\n") + b"\n"


def moment_of(line: bytes) -> float | None:
    """Seconds by the line's own clock, whose offset is the same all day; None where it names no moment."""
    found = MOMENT.search(line)
    if found is None:
        return None
    text = (found[1] or found[2]).decode()
    try:
        return (datetime.fromisoformat(text) if found[1] else datetime.strptime(text, "%d/%b/%Y:%H:%M:%S")).timestamp()
    except ValueError:
        return None


def in_order(paths: Iterable[Path]) -> Iterator[Timed]:
    """The lines of all files as they happened, as far as each file is in order itself."""
    return heapq.merge(*[timed_lines(path) for path in paths], key=lambda line: line[0])


class Replay:
    """A server on loopback that sends the lines to the first that connects, then closes. sent: the lines sent so far."""

    def __init__(self, paths: list[Path], speed: float) -> None:
        self.paths, self.speed, self.sent = paths, speed, 0
        self._stopped = threading.Event()
        self._server = socket.create_server((HOST, 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"{HOST}:{self._server.getsockname()[1]}"

    def stop(self) -> None:
        """Close the connection, also in the middle of the day."""
        self._stopped.set()
        self._server.close()

    def _serve(self) -> None:
        try:
            connection, _ = self._server.accept()
        except OSError:
            return  # stopped before anybody came
        with connection:
            try:
                self._send(connection)
            except ConnectionError:
                return  # the reader has ended

    def _send(self, connection: socket.socket) -> None:
        first, begun = None, time.monotonic()
        waiting = bytearray()
        for moment, line in in_order(self.paths):
            if not first:
                first = moment
            due = begun + max(0.0, moment - first) / self.speed
            if waiting and (due > time.monotonic() or len(waiting) > CHUNK_BYTES):
                connection.sendall(waiting)
                waiting.clear()
            if self._stopped.wait(max(0.0, due - time.monotonic())):
                return
            waiting += line
            self.sent += 1
        connection.sendall(waiting)
