"""On which days main holds rows of a user, and how many."""

from collections.abc import Iterable
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.tables import mark_rows
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.schema import LEDGER, REQUESTS
from spark_jobs.lake.reading import current_snapshot, read_snapshot
from spark_jobs.lake.table import Table

Rows = dict[str, dict[str, int]]  # by table, then by day


def rows_of_user(spark: SparkSession, tables: Iterable[Table], user: ErasedUsers) -> Rows:
    """The rows in main that are the user's; tables and days without any are left out."""
    found: Rows = {}
    for table in tables:
        snapshot_id = current_snapshot(spark, table)
        if snapshot_id is None:
            continue
        marked = mark_rows(table, read_snapshot(spark, table, snapshot_id), user).where("is_users")
        counted = marked.groupBy(F.col(table.day_column).alias("day")).agg(F.count("*").alias("rows")).collect()
        if counted:
            found[table.name] = {row.day.isoformat(): row.rows for row in sorted(counted, key=lambda row: row.day)}
    return found


def landing_days(spark: SparkSession, rows: Rows, user: ErasedUsers) -> set[date]:
    """The days in whose landings the user's requests of main came, where they have run: their ledgers count these too."""
    snapshot_id, ledger_id = current_snapshot(spark, REQUESTS), current_snapshot(spark, LEDGER)
    if REQUESTS.name not in rows or snapshot_id is None or ledger_id is None:
        return set()
    requests = mark_rows(REQUESTS, read_snapshot(spark, REQUESTS, snapshot_id), user).where("is_users")
    ran = read_snapshot(spark, LEDGER, ledger_id).select("landing_day").distinct()
    landed = requests.select("landing_day").distinct().join(ran, "landing_day", "left_semi").collect()
    return {row.landing_day for row in landed}
