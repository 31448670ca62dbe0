"""The live tables and the stream's checkpoints, whose state holds names in files that are not made to be searched or changed."""

from pyspark.sql import SparkSession

from spark_jobs.erase.find import rows_of_user
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.paths import join, remove
from spark_jobs.stream_requests.queries import checkpoints
from spark_jobs.stream_requests.schema import ALL as LIVE


def begin_anew(spark: SparkSession, warehouse_uri: str, work_uri: str, user: ErasedUsers) -> int:
    """Where the stream has seen the user, drop its tables with all their files and its checkpoints: its next run reads all that has
    landed, without the user. Returns how many tables went.

    The checkpoints go first. Whoever finds tables without them, after a crash here, comes back to this: rows of the user are still there.
    """
    tables = [table for table in LIVE if load_table(spark, table) is not None]
    if len(tables) == len(LIVE) and not rows_of_user(spark, LIVE, user):
        return 0
    # Also where the tables are gone: what a crash, or a drop by hand, has left of them, and of the state that counted their rows.
    remove(spark, checkpoints(work_uri))
    for table in tables:
        spark.sql(f"DROP TABLE {table.identifier} PURGE")
    remove(spark, join(warehouse_uri, "live"))
    return len(tables)
