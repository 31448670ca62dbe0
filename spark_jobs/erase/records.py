"""What the gates have said: the detail of a failed expectation shows rows, and may show the user's."""

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.tables import mark_rows
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.iceberg import retry_passing
from spark_jobs.lake.reading import current_snapshot, read_snapshot

CONFLICT = "Found conflicting files"
BLANKED = "Removed by an erasure: it named the user."


def blank_gate_results(spark: SparkSession, user: ErasedUsers) -> int:
    """Put BLANKED in the place of each detail that holds the name; every verdict stays. Returns how many details went."""
    snapshot_id = current_snapshot(spark, GATE_RESULTS)
    if snapshot_id is None:
        return 0
    marked = mark_rows(GATE_RESULTS, read_snapshot(spark, GATE_RESULTS, snapshot_id), user)
    days = [row.day for row in marked.where("is_users").select("day").distinct().collect()]
    if not days:
        return 0
    count = marked.where("is_users").count()
    of_days = marked.where(F.col("day").isin(days))
    blanked = of_days.withColumn("detail", F.when(F.col("is_users"), BLANKED).otherwise(F.col("detail"))).drop("is_users")
    # Of rows that a gate appends meanwhile the overwrite knows nothing.
    since = {"isolation-level": "serializable", "validate-from-snapshot-id": str(snapshot_id)}
    overwrite = GATE_RESULTS.conform(blanked).writeTo(GATE_RESULTS.identifier).options(**since)
    try:
        retry_passing(f"blank details of {GATE_RESULTS.name}", overwrite.overwritePartitions)
    except (Py4JJavaError, PySparkException) as error:
        if CONFLICT not in str(error):
            raise
        raise TryAgain("a gate has recorded its verdicts meanwhile: let the runs end, and erase again") from error
    return count
