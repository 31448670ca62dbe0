"""The conservation ledger: what became of the lines of every file that a run read."""

from collections.abc import Mapping, Sequence

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
    "arrived_late": Outcome.ARRIVED_LATE,
    "dropped": Outcome.DROPPED,
    "erased": Outcome.ERASED,
}
# Every line that has landed with the day is one of these.
OF_THE_LANDING = ("accepted", "late", "quarantined", "duplicates", "dropped", "erased")
NO_CORRECTIONS: Mapping[tuple[str, str], int] = {}
TAKEN = (Outcome.ACCEPTED, Outcome.LATE, Outcome.ARRIVED_LATE)


def ledger_rows(
    spark: SparkSession,
    files: Sequence[LandedFile],
    judged: DataFrame,
    landing_day: object,
    unmatched: Mapping[tuple[str, str], int] = NO_CORRECTIONS,
) -> DataFrame:
    """Rows of ops.ledger: one a file, an empty file too.

    judged: source_file, outcome, event_day (NULL where the dataset has none) and correction of every line.
    unmatched: of each file of corrections, by dataset and source_file, how many of its corrections match no line.
    """
    is_corrected = F.col("correction").isNotNull() & F.col("outcome").isin(*TAKEN)
    by_day = judged.groupBy("source_file", "outcome", "event_day").agg(
        F.count("*").alias("lines"), F.count_if(is_corrected).alias("corrected")
    )
    is_late = F.col("outcome") == Outcome.LATE
    late = F.collect_list(F.when(is_late, F.struct(F.col("event_day").cast("string").alias("day"), "lines")))
    sums = [F.sum(F.when(F.col("outcome") == outcome, F.col("lines")).otherwise(0)).alias(name) for name, outcome in COUNTS.items()]
    sums.append(F.sum("corrected").alias("corrected"))
    by_file = by_day.groupBy("source_file").agg(*sums, F.map_from_entries(F.sort_array(late)).alias("late_by_day"))
    rows = [(file.dataset.name, file.source_file, 0) for file in files]
    rows += [(dataset, source_file, count) for (dataset, source_file), count in unmatched.items()]
    read = spark.createDataFrame(rows, "dataset string, source_file string, unmatched_corrections bigint")
    counted = read.join(F.broadcast(by_file), "source_file", "left")
    zero = {name: F.coalesce(name, F.lit(0)) for name in (*COUNTS, "corrected")}
    lines = sum((zero[name] for name in OF_THE_LANDING), F.lit(0))
    no_late_days = F.create_map().cast("map<string,bigint>")
    return counted.select(
        day_literal(landing_day).alias("landing_day"), "dataset", "source_file", lines.alias("lines"),
        *[column.alias(name) for name, column in zero.items()],
        F.coalesce("late_by_day", no_late_days).alias("late_by_day"),
        "unmatched_corrections",
    )  # fmt: skip
