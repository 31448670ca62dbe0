"""Which days stage ingest has published, and how: of a day without any line its tables have no row to tell by."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.gate.restored import SAME_ROWS
from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.ingest.schema import LEDGER


def ingested_days(spark: SparkSession) -> DataFrame:
    """As newest_tries, of the lake's own records."""
    history, snapshots = (spark.table(f"{LEDGER.identifier}.{name}") for name in ("history", "snapshots"))
    of_main = snapshots.join(history.where("is_current_ancestor").select("snapshot_id").distinct(), "snapshot_id")
    # A copy that was cherry-picked has not the properties of what was staged.
    staged = of_main.select(F.coalesce(F.col("summary")["source-snapshot-id"].cast("long"), "snapshot_id").alias("snapshot_id"))
    published = snapshots.join(staged, "snapshot_id").select(F.col("summary")["millrace.branch"].alias("branch"))
    return newest_tries(spark.table(GATE_RESULTS.identifier), published)


def newest_tries(gate_results: DataFrame, published: DataFrame) -> DataFrame:
    """Grain: one row a day whose ingest has come to its gate.

    Columns: day; ran_at, when its gate let through what main holds, NULL where it never did; is_restored, whether that was a release of the
    day, false where it never did; is_red, whether its gate has refused the newest try.
    published: branches (column branch) of the snapshots in main's history. A gate may let through what another run keeps it from
    publishing; of days whose snapshots have expired, or that never had a row, the newest try that was let through counts.
    """
    tries = gate_results.where("stage = 'ingest'").groupBy("day", "branch", "recorded_at")
    judged = tries.agg(
        F.bool_and(F.expr("passed OR severity <> 'critical'")).alias("passed"),
        F.bool_or(F.col("expectation") == SAME_ROWS).alias("is_restored"),
    )
    on_main = published.where("branch IS NOT NULL").distinct().withColumn("on_main", F.lit(True))
    judged = judged.join(on_main, "branch", "left").fillna(False, "on_main")
    rank = F.when(F.col("passed"), F.struct("on_main", "recorded_at"))
    return judged.groupBy("day").agg(
        F.max_by("recorded_at", rank).alias("ran_at"),
        F.coalesce(F.max_by("is_restored", rank), F.lit(False)).alias("is_restored"),
        (~F.max_by("passed", "recorded_at")).alias("is_red"),
    )
