"""The list of erased users: the hash of a name under the key, never the name."""

from pyspark.sql.types import DateType, IntegerType, StringType, StructField, StructType, TimestampType

from spark_jobs.lake.table import Table

# Grain: one row an erasure; a user who was erased twice has two. A record, appended to main and never staged.
# user_hmac: HMAC-SHA-256 of the name's UTF-8 bytes, in hex. characters: the name's length in code points, by which a name is looked for
# inside of a line. key_id: of the key that made the hash (key.py). run_id: of the erasure, as in its receipt.
ERASED = Table(
    "ops.erased",
    StructType(
        [
            StructField("day", DateType(), False),
            StructField("user_hmac", StringType(), False),
            StructField("characters", IntegerType(), False),
            StructField("key_id", StringType(), False),
            StructField("erased_at", TimestampType(), False),
            StructField("run_id", StringType(), False),
        ]
    ),
)
