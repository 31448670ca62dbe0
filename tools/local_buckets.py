"""An S3 server on loopback, for trying things and for tests: its buckets last as long as it runs."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moto.server import ThreadedMotoServer

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def bucket_environment(port: int, folder: Path) -> dict[str, str]:
    """AWS's variables for the server at the port; any credentials will do, and these are written to a file in the folder."""
    credentials = folder / "aws_credentials"
    with os.fdopen(os.open(credentials, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("[default]\naws_access_key_id = local\naws_secret_access_key = local\n")
    return {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serve_buckets(port: int, host: str = HOST) -> Iterator[str]:
    """Serve until the block ends; the server's URI."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address=host, port=port, verbose=False)
    server.start()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()
