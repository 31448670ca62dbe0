"""Whether a day has landed."""

from airflow.sdk import ObjectStoragePath

DATASETS = ("users", "requests", "profiles")


def missing_markers(landing_uri: str, day: str) -> list[str]:
    """The `_SUCCESS` markers of the day that are not there yet, as URIs."""
    markers = [f"{landing_uri.rstrip('/')}/{dataset}/dt={day}/_SUCCESS" for dataset in DATASETS]
    return [marker for marker in markers if not ObjectStoragePath(marker).exists()]
