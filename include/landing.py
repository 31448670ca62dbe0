"""What has landed of a day."""

from include.buckets import require_listing
from include.storage import storage_path

DATASETS = ("users", "requests", "profiles")
# Logs and JSON shrink to about a tenth.
GZIP_FACTOR = 10


def missing_markers(landing_uri: str, day: str) -> list[str]:
    """The `_SUCCESS` markers of the day that are not there yet, as URIs. BucketError: the landing's bucket cannot be listed."""
    require_listing(landing_uri)
    markers = [f"{folder}/_SUCCESS" for folder in _folders(landing_uri, day)]
    return [marker for marker in markers if not storage_path(marker).exists()]


def landed_bytes(landing_uri: str, day: str) -> int:
    """About how many bytes have landed for the day, unpacked; 0 where nothing has."""
    folders = [path for folder in _folders(landing_uri, day) if (path := storage_path(folder)).exists()]
    files = [file for folder in folders for file in folder.iterdir() if file.is_file()]
    return sum(file.stat().st_size * (GZIP_FACTOR if file.name.endswith(".gz") else 1) for file in files)


def _folders(landing_uri: str, day: str) -> list[str]:
    return [f"{landing_uri.rstrip('/')}/{dataset}/dt={day}" for dataset in DATASETS]
