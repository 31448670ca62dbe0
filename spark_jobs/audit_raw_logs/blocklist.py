"""The blocklist, read once by the driver and broadcast to the workers."""

from collections.abc import Iterable

from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs.request_line import Request
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, read_text


def read_literals(spark: SparkSession, landing_uri: str) -> tuple[str, ...]:
    """The literals of landing/blocklist.txt, sorted, each once; none where there is no file. DataFailed: it is not UTF-8."""
    uri = join(landing_uri, "blocklist.txt")
    try:
        text = read_text(spark, uri) or ""
    except UnicodeDecodeError as error:
        raise DataFailed(f"{uri} is not UTF-8 at byte {error.start}: save it as UTF-8 and run the audit again") from error
    lines = text.removeprefix("\ufeff").split("\n")
    return tuple(sorted({line.removesuffix("\r") for line in lines} - {""}))


def is_blocked(request: Request, literals: Iterable[str]) -> bool:
    """Whether a field that the blocklist looks at holds one of the literals."""
    fields = [field for field in (request.user_id, request.ip, request.action, request.user_agent) if field is not None]
    return any(literal in field for literal in literals for field in fields)
