"""Small files put together, and files that no snapshot names removed."""

from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.lake.iceberg import retry_passing
from spark_jobs.lake.table import Table
from spark_jobs.maintain.active import Active, literals

MIN_FILES = 5


def compact(spark: SparkSession, table: Table, active: Active, dry_run: bool) -> int:
    """Put the files of each day that has five or more together; returns how many went, or would go. Days of runs at work stay as they
    are: a gate would take the new files for another run's."""
    where = f"{table.day_column} NOT IN ({literals(active.days)})" if active.days else "true"
    if dry_run:
        by_day = spark.table(f"{table.identifier}.files").select(f"partition.{table.day_column}").where(where).groupBy(table.day_column)
        return int(by_day.count().where(F.col("count") >= MIN_FILES).agg(F.coalesce(F.sum("count"), F.lit(0))).collect()[0][0])
    call = (
        f"CALL lake.system.rewrite_data_files(table => '{_name(table)}', where => \"{where}\", "
        f"options => map('min-input-files', '{MIN_FILES}', 'rewrite-all', 'false'))"
    )
    return int(retry_passing(f"compact {table.name}", lambda: spark.sql(call).collect()[0].rewritten_data_files_count))


def remove_orphans(spark: SparkSession, table: Table, older_than_seconds: float, dry_run: bool) -> int:
    """Remove files below the table's folder that nothing names and that are older; returns how many there were."""
    moment = f"{datetime.fromtimestamp(older_than_seconds, UTC):%Y-%m-%d %H:%M:%S}"
    call = (
        f"CALL lake.system.remove_orphan_files(table => '{_name(table)}', older_than => TIMESTAMP '{moment}', "
        f"dry_run => {str(dry_run).lower()})"
    )
    return spark.sql(call).count()


def _name(table: Table) -> str:
    return table.identifier.partition(".")[2]
