"""The tables that the stream owns. Each batch writes a table once or not at all. Grain, units and rules: docs/data.md."""

from pyspark.sql.types import DateType, IntegerType, LongType, StringType, StructField, StructType, TimestampType

from spark_jobs.ingest.schema import QUARANTINE as RAW_QUARANTINE
from spark_jobs.ingest.schema import REQUESTS as RAW_REQUESTS
from spark_jobs.lake.table import Table

# The columns of raw.requests, in the order in which the lines came; what the two other queries read.
REQUESTS = Table("live.requests", RAW_REQUESTS.schema)
QUARANTINE = Table("live.quarantine", RAW_QUARANTINE.schema)

LEDGER = Table(
    "live.ledger",
    StructType(
        [
            StructField("landing_day", DateType(), False),
            StructField("source_file", StringType(), False),
            StructField("query_id", StringType(), False),
            StructField("batch_id", LongType(), False),
            StructField("size_bytes", LongType()),
            StructField("sha256", StringType()),
            StructField("lines", LongType(), False),
            StructField("accepted", LongType(), False),
            StructField("quarantined", LongType(), False),
            StructField("duplicates", LongType(), False),
            StructField("erased", LongType(), False),
        ]
    ),
    key=("source_file", "query_id", "batch_id"),
    added=("erased",),
)

TOP_USERS = Table(
    "live.top_users",
    StructType(
        [
            StructField("batch_day", DateType(), False),
            StructField("batch_ts", TimestampType(), False),
            StructField("query_id", StringType(), False),
            StructField("batch_id", LongType(), False),
            StructField("rank", IntegerType(), False),
            StructField("user_id", StringType(), False),
            StructField("requests", LongType(), False),
        ]
    ),
    key=("query_id", "batch_id", "rank"),
)

USER_TOTALS = Table(
    "live.user_totals",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("landing_day", DateType(), False),
            StructField("user_id", StringType(), False),
            StructField("requests", LongType(), False),
        ]
    ),
    key=("landing_day", "user_id"),
)

REQUEST_WINDOWS = Table(
    "live.request_windows",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("window_start", TimestampType(), False),
            StructField("window_end", TimestampType(), False),
            StructField("requests", LongType(), False),
        ]
    ),
    key=("window_start",),
)

ALL = (REQUESTS, QUARANTINE, LEDGER, TOP_USERS, USER_TOTALS, REQUEST_WINDOWS)
