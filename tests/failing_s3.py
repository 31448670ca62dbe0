"""A service of buckets that fails as planned. Moto checks no credentials and is never overloaded."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

SILENCE, SILENCE_SECONDS = -1, 3
OF_A_CONNECTION = ("Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive")


class Service(BaseHTTPRequestHandler):
    """Fails as planned, request by request: a status, None for a cut, SILENCE. Then it forwards to `behind`; or goes on failing as at last.

    every: instead only each so-manieth request fails, as the plan says in turn. only: instead all requests of one method fail, as the plan
    says first. asked: the requests' methods.
    """

    protocol_version = "HTTP/1.1"  # else nobody who asks whether to go on before a body gets an answer
    plan: ClassVar[list[int | None]]
    behind: ClassVar[str | None] = None
    every: ClassVar[int] = 0
    only: ClassVar[str] = ""
    asked: ClassVar[list[str]]

    def answer(self) -> None:
        self.close_connection = True
        self.body = b"".join(self.chunks()) if self.headers.get("Transfer-Encoding") else self.rfile.read(self.length)
        self.asked.append(self.command)
        turn, rest = divmod(len(self.asked), self.every) if self.every else (0, 0)
        if rest or (self.behind and not self.plan) or (self.only and self.command != self.only):
            self.forward()
        elif self.only:
            self.fail(self.plan[0])
        elif self.every:
            self.fail(self.plan[turn % len(self.plan)])
        else:
            self.fail(self.plan.pop(0) if self.behind or len(self.plan) > 1 else self.plan[0])

    @property
    def length(self) -> int:
        return int(self.headers.get("Content-Length") or 0)

    def chunks(self) -> Iterator[bytes]:
        """A body of which nobody has told the length."""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # what follows the last chunk

    def fail(self, status: int | None) -> None:
        if status == SILENCE:
            time.sleep(SILENCE_SECONDS)
        elif status is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
            self.connection.close()
        else:
            code = {403: "InvalidAccessKeyId", 500: "InternalError", 503: "SlowDown"}[status]
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.reply(status, body, {"Content-Type": "application/xml"})

    def forward(self) -> None:
        behind = HTTPConnection(urlsplit(str(self.behind)).netloc)
        kept = {name: value for name, value in self.headers.items() if name.title() not in OF_A_CONNECTION}
        behind.request(self.command, self.path, self.body, kept)
        response = behind.getresponse()
        self.reply(response.status, response.read(), dict(response.getheaders()))
        behind.close()

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        length = headers.get("Content-Length") if self.command == "HEAD" else None
        kept = {name: value for name, value in headers.items() if name.title() not in OF_A_CONNECTION}
        for name, value in {**kept, "Content-Length": length or str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the library looks for these names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service(
    plan: list[int | None], behind: str | None = None, every: int = 0, only: str = "", asked: list[str] | None = None
) -> Iterator[str]:
    """Its URI."""
    planned = {"plan": plan, "behind": behind, "every": every, "only": only, "asked": [] if asked is None else asked}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Planned", (Service,), planned))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
