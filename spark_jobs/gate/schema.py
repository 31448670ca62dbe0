"""The table that the gate owns, and which tables each stage stages and reads. Rules: docs/data.md."""

from pyspark.sql.types import BooleanType, DateType, LongType, StringType, StructField, StructType, TimestampType

from spark_jobs.aggregate import schema as aggregate
from spark_jobs.enrich import schema as enrich
from spark_jobs.identities import schema as identities
from spark_jobs.ingest import schema as ingest
from spark_jobs.lake.table import Table

GATE_RESULTS = Table(
    "ops.gate_results",
    StructType(
        [
            StructField("day", DateType(), False),
            StructField("stage", StringType(), False),
            StructField("run_id", StringType(), False),
            StructField("branch", StringType(), False),
            StructField("recorded_at", TimestampType(), False),
            StructField("table_name", StringType(), False),
            StructField("expectation", StringType(), False),
            StructField("severity", StringType(), False),
            StructField("passed", BooleanType(), False),
            StructField("unexpected_rows", LongType()),
            StructField("detail", StringType(), False),
            StructField("suite_sha256", StringType(), False),
        ]
    ),
)

STAGED: dict[str, tuple[Table, ...]] = {
    "ingest": (ingest.REQUESTS, ingest.USERS, ingest.PROFILES, ingest.QUARANTINE, ingest.LEDGER),
    "enrich": (enrich.ACTIVITY,),
    "aggregate": (
        aggregate.USER_DAILY,
        aggregate.YOUNG_BY_GENDER,
        aggregate.IP_USERS_DAILY,
        aggregate.FILE_TYPES_DAILY,
        aggregate.TOP_USERS_BY_WINDOW,
    ),
    "identities": (identities.IDENTITIES,),
}
# What each stage reads of those before it: its manifest names their snapshots, and its suites see them as views.
READ: dict[str, tuple[Table, ...]] = {
    "ingest": (),
    "enrich": (ingest.REQUESTS, ingest.USERS, ingest.PROFILES),
    "aggregate": (enrich.ACTIVITY, ingest.USERS),
    "identities": (enrich.ACTIVITY,),
}
BY_NAME = {table.name: table for tables in STAGED.values() for table in tables}
