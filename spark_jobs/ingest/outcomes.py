"""From parsed lines to outcomes: exactly one for every line read.

Everything here takes lines as correcting.uncorrected or corrected gives them, with `is_erased`, and keeps `correction`.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.reasons import Outcome, Reason
from spark_jobs.lake.table import day_literal

# Columns that an outcome is made of and that nobody needs afterwards.
MARKS = ("is_dropped", "is_erased", "replacement")


def is_of(files: set[LandedFile]) -> Column:
    """Whether a line is of one of these files."""
    names = sorted(file.source_file for file in files)
    return F.col("source_file").isin(names) if names else F.lit(False)


def judge_requests(judged: DataFrame, landing_day: object, repeated: set[LandedFile], erased: ErasedUsers) -> DataFrame:
    """Add `outcome` to requests whose window is judged; keep `line` only where it is quarantined."""
    outcome = (
        F.when(is_of(repeated), Outcome.DUPLICATE)
        .when(F.col("is_dropped"), Outcome.DROPPED)
        .when(F.col("is_erased"), Outcome.ERASED)
        .when(F.col("reason").isNotNull(), Outcome.QUARANTINED)
        .when(F.col("event_day") < day_literal(landing_day), Outcome.LATE)
        .otherwise(Outcome.ACCEPTED)
    )
    return _keep_bad_lines(judged.withColumn("outcome", outcome), erased)


def judge_keyed(parsed: DataFrame, values: Sequence[str], repeated: set[LandedFile], erased: ErasedUsers) -> DataFrame:
    """Add `outcome` to users or profiles.

    Valid rows of one user_id that are equal in `values` count once, in the first file by name, there as landed before a corrected one; the
    others are duplicates. Rows that disagree are all quarantined (CONFLICTING_KEY).
    """
    is_repeated = is_of(repeated)
    first = F.row_number().over(Window.partitionBy("group_key").orderBy("source_file", F.col("correction").isNotNull()))
    ranked = with_conflicts(parsed, values, repeated).withColumn("row_in_group", first)
    is_conflict = F.col("is_conflict")
    outcome = (
        F.when(is_repeated, Outcome.DUPLICATE)
        .when(F.col("is_dropped"), Outcome.DROPPED)
        .when(F.col("is_erased"), Outcome.ERASED)
        .when(F.col("reason").isNotNull() | is_conflict, Outcome.QUARANTINED)
        .when(F.col("row_in_group") > 1, Outcome.DUPLICATE)
        .otherwise(Outcome.ACCEPTED)
    )
    judged = ranked.select(
        "source_file", "line", "user_id", *values,
        F.when(is_conflict, Reason.CONFLICTING_KEY).otherwise(F.col("reason")).alias("reason"),
        F.when(is_conflict, F.left("user_id", F.lit(200))).otherwise(F.col("detail")).alias("detail"),
        outcome.alias("outcome"), "correction", *MARKS,
    )  # fmt: skip
    return _keep_bad_lines(judged, erased)


def with_conflicts(parsed: DataFrame, values: Sequence[str], repeated: set[LandedFile]) -> DataFrame:
    """Add `is_conflict`, whether a valid row disagrees with another of its user_id, and `group_key`, which rows are compared by."""
    is_valid = F.col("reason").isNull() & ~F.col("is_dropped") & ~F.col("is_erased") & ~is_of(repeated)
    value = F.struct(*values)
    # Bad lines have no key to compare by: each gets a group of its own, so that they cannot pile up in one task.
    key = F.when(is_valid, F.concat(F.lit("u"), "user_id")).otherwise(F.concat(F.lit("-"), F.monotonically_increasing_id().cast("string")))
    group = Window.partitionBy("group_key")
    differs = F.min(value).over(group) != F.max(value).over(group)
    return parsed.withColumn("group_key", key).withColumn("is_conflict", is_valid & differs)


def _keep_bad_lines(judged: DataFrame, erased: ErasedUsers) -> DataFrame:
    """A bad line that holds the name of an erased user anywhere is erased too: nobody can tell what a name means in it. So is one whose
    replacement is bad and holds it, since `detail` is of that."""
    is_bad = F.col("outcome") == Outcome.QUARANTINED
    # No name goes over the newline, which no line holds.
    text = F.concat_ws("\n", F.col("line").cast("string"), F.col("replacement").cast("string"))
    marked = erased.mark_mentions(judged, "is_mention", text, where=is_bad)
    outcome = F.when(F.col("is_mention"), Outcome.ERASED).otherwise(F.col("outcome"))
    settled = marked.withColumn("outcome", outcome).drop("is_mention", *MARKS)
    return settled.withColumn("line", F.when(is_bad, F.col("line")))


def quarantine_rows(judged: DataFrame, dataset: str, landing_day: object) -> DataFrame:
    """Rows of raw.quarantine."""
    bad = judged.where(F.col("outcome") == Outcome.QUARANTINED)
    return bad.select(
        day_literal(landing_day).alias("landing_day"),
        F.lit(dataset).alias("dataset"),
        "reason",
        "detail",
        "source_file",
        "line",
    )
