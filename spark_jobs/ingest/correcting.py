"""Corrections put in place of bad lines: each landed line is corrected at most once, and its replacement judged by the same parser."""

from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest.corrections import Correction
from spark_jobs.ingest.lines import DETAIL_CHARACTERS, place_of_line

Judge = Callable[[DataFrame], DataFrame]
FIXES = "place string, line binary"


def judged_fixes(spark: SparkSession, corrections: Sequence[Correction], judge: Judge) -> DataFrame | None:
    """The corrections, judged as lines of their landing day; None where there is none.

    judge: from lines (source_file, line) to their columns, with reason and detail.
    Grain: one row a correction. Columns: place, is_drop, replacing (the replacement's bytes), fix (what `judge` has made of
    them; of a drop it means nothing).
    """
    if not corrections:
        return None
    rows = spark.createDataFrame([(one.place, one.replacement) for one in corrections], FIXES)
    # A line's place is a path as its file's is, with the folder of its landing day: the parsers need no other column.
    judged = judge(rows.withColumnRenamed("place", "source_file"))
    values = [name for name in judged.columns if name not in ("source_file", "line")]
    return judged.select(
        F.col("source_file").alias("place"),
        F.col("line").isNull().alias("is_drop"),
        F.col("line").alias("replacing"),
        F.struct(*values).alias("fix"),
    )


def uncorrected(judged: DataFrame) -> DataFrame:
    """Judged lines before any correction: adds `correction` (the place of the line's correction, NULL without one), `replacement` (its
    bytes) and `is_dropped`."""
    nothing = {"correction": F.lit(None).cast("string"), "replacement": F.lit(None).cast("binary")}
    return judged.withColumns({**nothing, "is_dropped": F.lit(False)})


def corrected(judged: DataFrame, fixes: DataFrame | None, may_correct: Column) -> DataFrame:
    """Put the corrections in place of those lines for which `may_correct` holds and that have none yet.

    judged: as `uncorrected` gives it. `line` stays the landed one: who looks into the quarantine finds the bytes that are to be corrected.
    """
    if fixes is None:
        return judged
    # Only lines that may be corrected are hashed.
    place = F.when(may_correct & F.col("correction").isNull(), place_of_line())
    joined = judged.join(F.broadcast(fixes), place == F.col("place"), "left")
    is_replaced = F.col("place").isNotNull() & ~F.col("is_drop")
    detail = F.left(F.concat(F.lit("replacement: "), "fix.detail"), F.lit(DETAIL_CHARACTERS))
    of_fix = {name: F.col(f"fix.{name}") for name in fixes.schema["fix"].dataType.names}  # type: ignore[attr-defined]  # a struct's
    of_fix["detail"] = F.when(F.col("fix.reason").isNotNull(), detail).otherwise(F.lit(""))
    # Where the replacement is bad too, the landed line is the one that stays.
    of_fix["is_erased"] = F.col("fix.is_erased") | (F.col("fix.reason").isNotNull() & F.col("is_erased"))
    changed = {name: F.when(is_replaced, value).otherwise(F.col(name)) for name, value in of_fix.items()}
    changed["correction"] = F.coalesce("correction", "place")
    changed["replacement"] = F.coalesce("replacement", "replacing")
    changed["is_dropped"] = F.col("is_dropped") | F.coalesce("is_drop", F.lit(False))
    return joined.select(*[changed.get(name, F.col(name)).alias(name) for name in judged.columns])
