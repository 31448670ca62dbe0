"""Buckets for tests: moto's S3 server on loopback."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import s3fs

from tests.ports import lasting_ports
from tools.local_buckets import HOST, bucket_environment, serve_buckets


def use_test_buckets(folder: Path) -> None:
    """Point AWS's environment variables to a server that does not run yet."""
    os.environ |= bucket_environment(lasting_ports(1), folder)


@contextmanager
def bucket_server(host: str = HOST) -> Iterator[str]:
    """Serve buckets at AWS_ENDPOINT_URL's port; its URI."""
    with serve_buckets(urlsplit(os.environ["AWS_ENDPOINT_URL"]).port or 0, host) as uri:
        yield uri


@dataclass(frozen=True)
class Bucket:
    """One bucket."""

    name: str

    @classmethod
    def make(cls, of: str) -> "Bucket":
        """A new one; its name is made of the text `of`."""
        bucket = cls(f"tests-{hashlib.sha256(of.encode()).hexdigest()[:16]}")
        bucket.files.mkdir(bucket.name)
        return bucket

    @property
    def files(self) -> s3fs.S3FileSystem:
        return s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)

    def uri(self, folder: str) -> str:
        return f"s3a://{self.name}/{folder}"

    def write(self, path: str, content: bytes) -> None:
        self.files.pipe_file(f"{self.name}/{path}", content)

    def read(self, path: str) -> bytes:
        return bytes(self.files.cat_file(f"{self.name}/{path}"))

    def upload(self, folder: Path, to: str) -> None:
        """All files below a local folder."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.write(f"{to}/{path.relative_to(folder)}", path.read_bytes())

    def names(self, folder: str) -> list[str]:
        """The objects below a folder, relative to it."""
        root = f"{self.name}/{folder}/"
        return sorted(path.removeprefix(root) for path in self.files.find(root) if not path.endswith("/"))
