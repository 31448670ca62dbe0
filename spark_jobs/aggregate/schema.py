"""The tables that stage aggregate owns. Grain, units and rules: docs/data.md."""

from pyspark.sql.types import (
    ArrayType,
    DateType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from spark_jobs.lake.table import Table

USER_DAILY = Table(
    "mart.user_daily",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("user_id", StringType(), False),
            StructField("requests", LongType(), False),
            StructField("distinct_ips", LongType(), False),
            StructField("bytes", LongType(), False),
            StructField("first_ts", TimestampType(), False),
            StructField("last_ts", TimestampType(), False),
            StructField("name", StringType()),
            StructField("age", IntegerType()),
            StructField("gender", StringType()),
        ]
    ),
    key=("user_id",),
)

YOUNG_BY_GENDER = Table(
    "mart.young_by_gender",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("gender", StringType(), False),
            StructField("users", LongType(), False),
            StructField("active_users", LongType(), False),
            StructField("requests", LongType(), False),
        ]
    ),
    key=("gender",),
)

IP_USERS_DAILY = Table(
    "mart.ip_users_daily",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("ip", StringType(), False),
            StructField("users", LongType(), False),
            StructField("requests", LongType(), False),
            StructField("user_ids", ArrayType(StringType()), False),
        ]
    ),
    key=("ip",),
)

FILE_TYPES_DAILY = Table(
    "mart.file_types_daily",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("file_type", StringType(), False),
            StructField("requests", LongType(), False),
            StructField("bytes", LongType(), False),
        ]
    ),
    key=("file_type",),
)

TOP_USERS_BY_WINDOW = Table(
    "mart.top_users_by_window",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("window_start", TimestampType(), False),
            StructField("window_end", TimestampType(), False),
            StructField("rank", IntegerType(), False),
            StructField("user_id", StringType(), False),
            StructField("requests", LongType(), False),
        ]
    ),
    key=("window_start", "rank"),
)
