"""What the report says beyond the mart tables: small aggregates of a day, DataFrame -> DataFrame.

Each is bounded by its nature (48 half hours, 3 datasets times 10 reasons, late_days days) or by the caller's cap.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

SECONDS_PER_DAY = 24 * 60 * 60
HALF_HOUR_SECONDS = 30 * 60
HALF_HOURS = SECONDS_PER_DAY // HALF_HOUR_SECONDS
SAMPLES_PER_REASON = 3
# UTF-8 has at most 4 bytes a character, so this head of a line holds its first SAMPLE_CHARACTERS whole.
SAMPLE_CHARACTERS = 200
SAMPLE_BYTES = 4 * SAMPLE_CHARACTERS

LINE_COUNTS = [
    "lines",
    "accepted",
    "late",
    "quarantined",
    "duplicates",
    "dropped",
    "corrected",
    "arrived_late",
    "unmatched_corrections",
    "erased",
]


def requests_by_half_hour(activity: DataFrame) -> DataFrame:
    """half_hour (0 is 00:00 to 00:30 UTC, 47 the last) and requests; half hours without a request are absent."""
    second = F.pmod(F.unix_seconds("event_ts"), F.lit(SECONDS_PER_DAY))
    half_hour = F.floor(second / F.lit(HALF_HOUR_SECONDS)).cast("int")
    return activity.groupBy(half_hour.alias("half_hour")).agg(F.count("*").alias("requests"))


def unmatched_users(activity: DataFrame) -> DataFrame:
    """One row, `users`: the distinct named users with a request whom the day's raw.users does not know."""
    unmatched = F.col("user_id").isNotNull() & ~F.col("known_user")
    return activity.where(unmatched).agg(F.count_distinct("user_id").alias("users"))


def quarantine_counts(quarantine: DataFrame) -> DataFrame:
    """dataset, reason and lines, one row for each pair with a quarantined line."""
    return quarantine.groupBy("dataset", "reason").agg(F.count("*").alias("lines"))


def quarantine_samples(quarantine: DataFrame) -> DataFrame:
    """The first 3 lines of each dataset and reason, by source_file, then the line's bytes, then detail.

    Columns: dataset, reason, nth (1 to 3), detail, source_file, head (the line's first bytes), line_bytes (its length).
    """
    order = Window.partitionBy("dataset", "reason").orderBy("source_file", "line", "detail")
    return (
        quarantine.withColumn("nth", F.row_number().over(order))
        .where(F.col("nth") <= SAMPLES_PER_REASON)
        .select(
            "dataset",
            "reason",
            "nth",
            "detail",
            "source_file",
            F.substring("line", 1, SAMPLE_BYTES).alias("head"),
            F.octet_length("line").alias("line_bytes"),
        )
    )


def lines_by_dataset(ledger: DataFrame) -> DataFrame:
    """dataset and its LINE_COUNTS, summed over its files; a dataset without a file is absent."""
    return ledger.groupBy("dataset").agg(*[F.sum(name).alias(name) for name in LINE_COUNTS])


def late_lines_by_day(ledger: DataFrame) -> DataFrame:
    """event_day and lines: the requests that landed this day and belong to an earlier one."""
    late = ledger.select(F.explode("late_by_day").alias("event_day", "lines"))
    return late.groupBy(F.col("event_day").cast("date").alias("event_day")).agg(F.sum("lines").alias("lines"))


def gates_of_run(gate_results: DataFrame, run_id: str) -> DataFrame:
    """The results of the run's last gate of each stage: a gate that was tried again counts once."""
    newest: Column = F.max("recorded_at").over(Window.partitionBy("stage"))
    return (
        gate_results.where(F.col("run_id") == run_id)
        .withColumn("newest", newest)
        .where(F.col("recorded_at") == F.col("newest"))
        .select("stage", "table_name", "expectation", "severity", "passed", "unexpected_rows", "detail")
    )
