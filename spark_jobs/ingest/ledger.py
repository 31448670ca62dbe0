"""The conservation ledger: what became of the lines of every file that a run read."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.reasons import Outcome
from spark_jobs.lake.table import day_literal

COUNTS = {
    "accepted": Outcome.ACCEPTED,
    "late": Outcome.LATE,
    "quarantined": Outcome.QUARANTINED,
    "duplicates": Outcome.DUPLICATE,
    "erased": Outcome.ERASED,
    "arrived_late": Outcome.ARRIVED_LATE,
}


def ledger_rows(spark: SparkSession, files: Sequence[LandedFile], judged: DataFrame, landing_day: object) -> DataFrame:
    """Rows of ops.ledger: one a file, an empty file too.

    judged: source_file, outcome and event_day of every line (event_day NULL where the dataset has none).
    """
    by_day = judged.groupBy("source_file", "outcome", "event_day").agg(F.count("*").alias("lines"))
    is_late = F.col("outcome") == Outcome.LATE
    late = F.collect_list(F.when(is_late, F.struct(F.col("event_day").cast("string").alias("day"), "lines")))
    sums = [F.sum(F.when(F.col("outcome") == outcome, F.col("lines")).otherwise(0)).alias(name) for name, outcome in COUNTS.items()]
    by_file = by_day.groupBy("source_file").agg(*sums, F.map_from_entries(F.sort_array(late)).alias("late_by_day"))
    read = spark.createDataFrame([(file.dataset.name, file.source_file) for file in files], "dataset string, source_file string")
    counted = read.join(F.broadcast(by_file), "source_file", "left")
    zero = {name: F.coalesce(name, F.lit(0)) for name in COUNTS}
    lines = zero["accepted"] + zero["late"] + zero["quarantined"] + zero["duplicates"] + zero["erased"]
    no_late_days = F.create_map().cast("map<string,bigint>")
    return counted.select(
        day_literal(landing_day).alias("landing_day"), "dataset", "source_file", lines.alias("lines"),
        *[column.alias(name) for name, column in zero.items()],
        F.coalesce("late_by_day", no_late_days).alias("late_by_day"),
    )  # fmt: skip
