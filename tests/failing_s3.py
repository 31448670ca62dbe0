"""A service of buckets that fails as planned. Moto checks no credentials and is never overloaded."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit


class Service(BaseHTTPRequestHandler):
    """Fails as planned, request by request: a status, or None for a cut. Then it forwards to `behind`; or goes on failing as at last."""

    plan: ClassVar[list[int | None]]
    behind: ClassVar[str | None] = None

    def answer(self) -> None:
        if self.behind and not self.plan:
            self.forward()
            return
        status = self.plan.pop(0) if self.behind or len(self.plan) > 1 else self.plan[0]
        if status is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
            self.close_connection = True
            self.connection.close()
            return
        code = {403: "InvalidAccessKeyId", 500: "InternalError", 503: "SlowDown"}[status]
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.reply(status, body, {"Content-Length": str(len(body)), "Content-Type": "application/xml"})

    def forward(self) -> None:
        behind = HTTPConnection(urlsplit(str(self.behind)).netloc)
        behind.request(self.command, self.path, headers=dict(self.headers))
        response = behind.getresponse()
        self.reply(response.status, response.read(), dict(response.getheaders()))

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - the library looks for these names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service(plan: list[int | None], behind: str | None = None) -> Iterator[str]:
    """Its URI."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Planned", (Service,), {"plan": plan, "behind": behind}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
