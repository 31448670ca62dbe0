"""From parsed lines to outcomes: exactly one for every line read."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.reasons import Outcome, Reason
from spark_jobs.lake.table import day_literal


def is_of(files: set[LandedFile]) -> Column:
    """Whether a line is of one of these files."""
    names = sorted(file.source_file for file in files)
    return F.col("source_file").isin(names) if names else F.lit(False)


def judge_requests(judged: DataFrame, landing_day: object, repeated: set[LandedFile], erased: ErasedUsers) -> DataFrame:
    """Add `outcome` to requests whose window is judged; keep `line` only where it is quarantined."""
    outcome = (
        F.when(is_of(repeated), Outcome.DUPLICATE)
        .when(F.col("is_erased"), Outcome.ERASED)
        .when(F.col("reason").isNotNull(), Outcome.QUARANTINED)
        .when(F.col("event_day") < day_literal(landing_day), Outcome.LATE)
        .otherwise(Outcome.ACCEPTED)
    )
    return _keep_bad_lines(erased.mark_names(judged).withColumn("outcome", outcome).drop("is_erased"), erased)


def judge_keyed(parsed: DataFrame, values: Sequence[str], repeated: set[LandedFile], erased: ErasedUsers) -> DataFrame:
    """Add `outcome` to users or profiles.

    Valid rows of one user_id that are equal in `values` count once, in the first file by name; the others are duplicates. Rows that
    disagree are all quarantined (CONFLICTING_KEY).
    """
    is_repeated = is_of(repeated)
    is_valid = F.col("reason").isNull() & ~is_repeated & ~F.col("is_erased")
    value = F.struct(*values)
    # Bad lines have no key to compare by: each gets a group of its own, so that they cannot pile up in one task.
    key = F.when(is_valid, F.concat(F.lit("u"), "user_id")).otherwise(F.concat(F.lit("-"), F.monotonically_increasing_id().cast("string")))
    group = Window.partitionBy("group_key")
    ranked = (
        erased.mark_names(parsed)
        .withColumn("group_key", key)
        .select(
            "*",
            (F.min(value).over(group) != F.max(value).over(group)).alias("is_conflict"),
            F.row_number().over(group.orderBy("source_file")).alias("row_in_group"),
        )
    )
    is_conflict = is_valid & F.col("is_conflict")
    outcome = (
        F.when(is_repeated, Outcome.DUPLICATE)
        .when(F.col("is_erased"), Outcome.ERASED)
        .when(F.col("reason").isNotNull() | is_conflict, Outcome.QUARANTINED)
        .when(F.col("row_in_group") > 1, Outcome.DUPLICATE)
        .otherwise(Outcome.ACCEPTED)
    )
    judged = ranked.select(
        "source_file", "line", "user_id", *values,
        F.when(is_conflict, Reason.CONFLICTING_KEY).otherwise(F.col("reason")).alias("reason"),
        F.when(is_conflict, F.left("user_id", F.lit(200))).otherwise(F.col("detail")).alias("detail"),
        outcome.alias("outcome"),
    )  # fmt: skip
    return _keep_bad_lines(judged, erased)


def _keep_bad_lines(judged: DataFrame, erased: ErasedUsers) -> DataFrame:
    """A bad line that holds the name of an erased user anywhere is erased too: nobody can tell what a name means in it."""
    is_bad = F.col("outcome") == Outcome.QUARANTINED
    marked = erased.mark_mentions(judged, "is_mention", where=is_bad)
    settled = marked.withColumn("outcome", F.when(F.col("is_mention"), Outcome.ERASED).otherwise(F.col("outcome"))).drop("is_mention")
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
