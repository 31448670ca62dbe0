"""Which days stage ingest has published, and how: of a day without any line its tables have no row to tell by."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.gate.restored import SAME_ROWS
from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.lake.reading import current_snapshot, read_snapshot


def ingested_days(spark: SparkSession) -> DataFrame:
    """Grain: one row a day that the gate of ingest has let through. Columns: day; ran_at, when it did so last; is_restored, whether what it
    let through then was a release of the day."""
    snapshot_id = current_snapshot(spark, GATE_RESULTS)
    results = spark.createDataFrame([], GATE_RESULTS.schema) if snapshot_id is None else read_snapshot(spark, GATE_RESULTS, snapshot_id)
    tries = results.where("stage = 'ingest'").groupBy("day", "branch")
    passed = tries.agg(
        F.max("recorded_at").alias("recorded_at"),
        F.bool_and(F.expr("passed OR severity <> 'critical'")).alias("passed"),
        F.bool_or(F.col("expectation") == SAME_ROWS).alias("is_restored"),
    )
    newest = passed.where("passed").groupBy("day")
    return newest.agg(F.max("recorded_at").alias("ran_at"), F.max_by("is_restored", "recorded_at").alias("is_restored"))
