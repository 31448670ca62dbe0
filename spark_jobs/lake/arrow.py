"""Folders of a URI through Arrow's file systems, which need no JVM."""

from pyarrow import fs


def arrow_folder(uri: str) -> tuple[fs.FileSystem, str]:
    """The file system of a file:// or s3a:// URI, and the folder's path in it. Buckets are reached by AWS's environment variables."""
    filesystem, path = fs.FileSystem.from_uri(f"s3://{uri.removeprefix('s3a://')}" if uri.startswith("s3a://") else uri)
    return filesystem, path.rstrip("/")
