"""The list of erased users: the hash of a name under the key, never the name."""

from pyspark.sql.types import BooleanType, DateType, IntegerType, StringType, StructField, StructType, TimestampType

from spark_jobs.lake.table import Table

# Grain: one row for an erased name, and one for each form in which a text may hold it. A record, appended to main and never staged.
# user_hmac: HMAC-SHA-256 of the UTF-8 bytes of the name, or of the form, in hex. characters: its length in code points, by which it is
# looked for inside of a line. is_form: it is the name with escapes, such as those of JSON or a URL, and no name itself. key_id: of the
# key that made the hash (key.py). run_id: of the erasure, as in its receipt.
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
            StructField("is_form", BooleanType(), True),
        ]
    ),
    added=("is_form",),
)
