"""The live tables and the stream's checkpoints, whose state holds names in files that are not made to be searched or changed."""

from pyspark.sql import SparkSession

from spark_jobs.erase.find import rows_of_user
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.paths import exists, join, remove
from spark_jobs.lake.visible import visible
from spark_jobs.stream_requests.queries import checkpoints
from spark_jobs.stream_requests.schema import ALL as LIVE
from spark_jobs.stream_requests.schema import LEDGER

SHOWN = 10


def require_landed(spark: SparkSession, landing_uri: str, user: ErasedUsers) -> None:
    """InputMissing: the user is in the live tables, and these hold lines that begin_anew could not bring back: of files that are gone, or
    of a topic or a socket."""
    if load_table(spark, LEDGER) is None or not rows_of_user(spark, LIVE, user):
        return
    sources = sorted(row.source_file for row in spark.table(LEDGER.identifier).select("source_file").distinct().collect())
    gone = [source for source in sources if not exists(spark, join(landing_uri, source))]
    if gone:
        shown = "\n".join(f"  {visible(source)}" for source in gone[:SHOWN])
        more = f"\n  and {len(gone) - SHOWN:,} more" if len(gone) > SHOWN else ""
        raise InputMissing(
            f"the user is in the live tables. An erasure drops these, and the stream makes them anew from the landing folder, where "
            f"{len(gone):,} of the {len(sources):,} sources of their lines are not:\n{shown}{more}\n"
            "Land those files again, or let all lines of these sources go: erase again with LIVE=drop. Nothing was changed."
        )


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
