"""Quarantined lines, judged anew by stage ingest's own functions.

The lines of one dataset, day and reason stand as a file `<dataset>/dt=<day>/<reason>`: ingest knows a landing day by its folder, and its
outcomes can be counted by what the lines were refused for.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.correcting import judged_fixes, uncorrected
from spark_jobs.ingest.corrections import Correction
from spark_jobs.ingest.judging import NO_FILES, VALUES, Limits, judge_corrected, parse_keyed, request_lines
from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.reasons import Outcome


def lines_by_reason(quarantine: DataFrame) -> DataFrame:
    """Rows of raw.quarantine as lines (source_file, line)."""
    return quarantine.select(F.concat(_folder(F.col("dataset")), F.col("reason")).alias("source_file"), "line")


def judged_requests(spark: SparkSession, lines: DataFrame, corrections: Sequence[Correction], limits: Limits) -> DataFrame:
    """Grain: one row a line. Columns: source_file, passes, is_dropped, event_day (of one that passes)."""
    judged = request_lines(spark, lines, corrections, landing_day_of_file(), limits)
    passes = F.col("reason").isNull() & ~F.col("is_dropped") & ~F.col("is_erased")
    return judged.select("source_file", passes.alias("passes"), "is_dropped", F.when(passes, F.col("event_day")).alias("event_day"))


def judged_keyed(
    spark: SparkSession, lines: DataFrame, accepted: DataFrame, dataset: str, corrections: Sequence[Correction], limits: Limits
) -> DataFrame:
    """As judged_requests, without an event_day, of users or profiles. A line passes too where it repeats another.

    accepted: the rows of raw.users or raw.profiles of the same days, with which a line may disagree. Which lines these rows come from
    is not known, so a correction of such a line has no effect here.
    """

    def parse(lines: DataFrame) -> DataFrame:
        parsed = parse_keyed(lines, dataset, limits)
        # Several days are judged at once, and a user of one day is not that of another.
        return parsed.withColumn("user_id", F.concat_ws("/", landing_day_of_file(), "user_id"))

    published = accepted.select(
        _folder(F.lit(dataset)).alias("source_file"),
        F.lit(None).cast("binary").alias("line"),
        F.concat_ws("/", "landing_day", "user_id").alias("user_id"),
        *VALUES[dataset],
        F.lit(None).cast("string").alias("reason"),
        F.lit("").alias("detail"),
        F.lit(False).alias("is_erased"),
    )
    both = uncorrected(parse(lines).unionByName(published))
    judged = judge_corrected(both, judged_fixes(spark, corrections, parse), VALUES[dataset], NO_FILES, limits.erased)
    outcome = F.col("outcome")
    return judged.where(~F.col("source_file").endswith("/")).select(
        "source_file",
        outcome.isin(Outcome.ACCEPTED, Outcome.DUPLICATE).alias("passes"),
        (outcome == Outcome.DROPPED).alias("is_dropped"),
        F.lit(None).cast("date").alias("event_day"),
    )


def _folder(dataset: Column) -> Column:
    return F.concat(dataset, F.lit("/dt="), F.col("landing_day").cast("string"), F.lit("/"))
