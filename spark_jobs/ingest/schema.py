"""The tables that stage ingest owns. Grain, units and rules: docs/data.md."""

from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DateType,
    IntegerType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from spark_jobs.lake.table import Table

REQUESTS = Table(
    "raw.requests",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("event_ts", TimestampType(), False),
            StructField("landing_day", DateType(), False),
            StructField("user_id", StringType()),
            StructField("ip", StringType(), False),
            StructField("action", StringType(), False),
            StructField("method", StringType()),
            StructField("status", IntegerType()),
            StructField("bytes", LongType()),
            StructField("referer", StringType()),
            StructField("user_agent", StringType()),
            StructField("source_file", StringType(), False),
        ]
    ),
)

USERS = Table(
    "raw.users",
    StructType(
        [
            StructField("landing_day", DateType(), False),
            StructField("user_id", StringType(), False),
            StructField("name", StringType()),
            StructField("age", IntegerType()),
            StructField("gender", StringType()),
        ]
    ),
    key=("user_id",),
)

PROFILES = Table(
    "raw.profiles",
    StructType(
        [
            StructField("landing_day", DateType(), False),
            StructField("user_id", StringType(), False),
            StructField("info", ArrayType(StringType()), False),
        ]
    ),
    key=("user_id",),
)

QUARANTINE = Table(
    "raw.quarantine",
    StructType(
        [
            StructField("landing_day", DateType(), False),
            StructField("dataset", StringType(), False),
            StructField("reason", StringType(), False),
            StructField("detail", StringType(), False),
            StructField("source_file", StringType(), False),
            StructField("line", BinaryType(), False),
        ]
    ),
)

LEDGER = Table(
    "ops.ledger",
    StructType(
        [
            StructField("landing_day", DateType(), False),
            StructField("dataset", StringType(), False),
            StructField("source_file", StringType(), False),
            StructField("lines", LongType(), False),
            StructField("accepted", LongType(), False),
            StructField("late", LongType(), False),
            StructField("quarantined", LongType(), False),
            StructField("duplicates", LongType(), False),
            StructField("arrived_late", LongType(), False),
            StructField("late_by_day", MapType(StringType(), LongType()), False),
            StructField("corrected", LongType(), False),
            StructField("dropped", LongType(), False),
            StructField("unmatched_corrections", LongType(), False),
            StructField("erased", LongType(), False),
        ]
    ),
    key=("source_file",),
    added=("corrected", "dropped", "unmatched_corrections", "erased"),
)
