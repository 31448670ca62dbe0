"""The table that this stage owns."""

from pyspark.sql.types import (
    DateType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from spark_jobs.lake.table import Table

# One row a release: the reports of `day` went out at released_at (UTC), made by run_id from exactly these snapshots.
# tables: table name to the snapshot that was read and the rows that the day has in it. A day's newest row counts.
RELEASES = Table(
    name="ops.releases",
    schema=StructType(
        [
            StructField("day", DateType(), nullable=False),
            StructField("release_id", StringType(), nullable=False),
            StructField("run_id", StringType(), nullable=False),
            StructField("released_at", TimestampType(), nullable=False),
            StructField(
                "tables",
                MapType(
                    StringType(),
                    StructType([StructField("snapshot_id", LongType()), StructField("rows", LongType())]),
                ),
                nullable=False,
            ),
        ]
    ),
    key=("release_id",),
)
