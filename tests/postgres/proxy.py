"""A proxy in front of a database on loopback: down, cut in the middle of a commit, or slow."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Literal

from tools.local_buckets import HOST

# cut: the statement never arrives; lose: it does, its answer gets lost; or so many seconds late.
Fault = Literal["cut", "lose"] | float
CHUNK_BYTES = 65536


class Proxy:
    """Passes everything on, but for the statements that hold `statement`: faults says what happens to which of them, from 1.

    seen: how many there were. port: where it listens.
    """

    def __init__(self, to_port: int, statement: bytes, faults: Mapping[int, Fault]) -> None:
        self.to_port, self.statement, self.faults, self.seen = to_port, statement, faults, 0
        self._lock = threading.Lock()
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection((HOST, self.to_port))
            answers = _Answers(client, server)
            threading.Thread(target=answers.pass_on, daemon=True).start()
            threading.Thread(target=self._pass_on, args=(client, server, answers), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket, answers: "_Answers") -> None:
        with ended(client, server):
            while sent := client.recv(CHUNK_BYTES):
                fault = self._fault(sent)
                if fault == "cut":
                    return
                if fault == "lose":
                    answers.are_lost = True
                elif fault is not None:
                    time.sleep(float(fault))
                server.sendall(sent)

    def _fault(self, sent: bytes) -> Fault | None:
        if self.statement not in sent:
            return None
        with self._lock:
            self.seen += 1
            return self.faults.get(self.seen)


@contextmanager
def ended(*sockets: socket.socket) -> Iterator[None]:
    """End the connections after the block, also for a thread that waits for what they bring."""
    try:
        with suppress(OSError):
            yield
    finally:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class _Answers:
    """What the server answers to one client. are_lost: the next one ends the connection instead."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server, self.are_lost = client, server, False

    def pass_on(self) -> None:
        with ended(self.client, self.server):
            while answer := self.server.recv(CHUNK_BYTES):
                if self.are_lost:
                    return
                self.client.sendall(answer)


@contextmanager
def proxied(to_port: int, statement: bytes, faults: Mapping[int, Fault]) -> Iterator[Proxy]:
    proxy = Proxy(to_port, statement, faults)
    try:
        yield proxy
    finally:
        proxy.close()
