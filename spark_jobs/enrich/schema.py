"""The table that stage enrich owns. Grain, units and rules: docs/data.md."""

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DateType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from spark_jobs.lake.table import Table

ACTIVITY = Table(
    "core.activity",
    StructType(
        [
            StructField("event_day", DateType(), False),
            StructField("event_ts", TimestampType(), False),
            StructField("landing_day", DateType(), False),
            StructField("user_id", StringType()),
            StructField("ip", StringType(), False),
            StructField("action", StringType(), False),
            StructField("file_type", StringType(), False),
            StructField("method", StringType()),
            StructField("status", IntegerType()),
            StructField("bytes", LongType()),
            StructField("name", StringType()),
            StructField("age", IntegerType()),
            StructField("gender", StringType()),
            StructField("info", ArrayType(StringType())),
            StructField("known_user", BooleanType(), False),
        ]
    ),
)
