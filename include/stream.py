"""What the stream's job is given by the settings, whatever its source."""

from include.settings import Settings


def stream_arguments(settings: Settings) -> dict[str, object]:
    """Argument to value."""
    return {
        "landing_uri": settings.landing,
        "work_uri": settings.work,
        "late_days": settings.late_days,
        "max_line_bytes": settings.max_line_bytes,
        "max_file_bytes": settings.max_file_bytes,
        "erasure_key_file": settings.erasure_key,
        "watermark_seconds": settings.stream_watermark_seconds,
        "trigger_seconds": settings.stream_trigger_seconds,
        "partitions": settings.stream_partitions,
        "top": settings.stream_top,
    }
