"""Late lines by the day that they belong to, as far as that day has not taken them in yet; the oldest day first.

Exit codes: 0 also where there is none, 64 wrong usage.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.reading import current_snapshot, read_snapshot
from spark_jobs.lake.session import get_session

COLUMNS = ("day", "late lines", "landed", "the day itself")


def build_parser() -> JobParser:
    parser = JobParser(prog="late", description=__doc__.partition("\n")[0])
    parser.add_argument("--top", type=positive, required=True, help="days to tell, the oldest first")
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session("late")
    snapshot_id = current_snapshot(spark, LEDGER)
    waiting = [] if snapshot_id is None else waiting_days(read_snapshot(spark, LEDGER, snapshot_id)).limit(args.top + 1).collect()
    print("\n".join(listing(waiting[: args.top], is_cut=len(waiting) > args.top)), flush=True)


def waiting_days(ledger: DataFrame) -> DataFrame:
    """Grain: one row an event day with late lines that its own run has not taken in. Columns: event_day, lines, landings (days, sorted),
    has_run. A file counts as taken in where the day's ledger says that as many of its lines arrived late."""
    late = ledger.select("source_file", F.explode("late_by_day").alias("event_day", "lines"))
    late = late.withColumn("event_day", F.col("event_day").cast("date"))
    taken = ledger.select(F.col("landing_day").alias("event_day"), "source_file", F.col("arrived_late").alias("taken"))
    ran = ledger.select(F.col("landing_day").alias("event_day"), F.lit(True).alias("ran")).distinct()
    left = F.col("lines") - F.coalesce("taken", F.lit(0))
    open_lines = late.join(taken, ["event_day", "source_file"], "left").withColumn("left", left).where("left > 0")
    by_day = open_lines.groupBy("event_day").agg(
        F.sum("left").alias("lines"), F.array_sort(F.collect_set(landing_day_of_file())).alias("landings")
    )
    return by_day.join(ran, "event_day", "left").withColumn("has_run", F.coalesce("ran", F.lit(False))).drop("ran").orderBy("event_day")


def listing(waiting: Sequence[Row], is_cut: bool) -> list[str]:
    """A line for each day under a head; the day itself: whether it has run, so that running it again takes them in."""
    if not waiting:
        return ["no late lines wait: each day has taken in what landed for it later"]
    rows = [
        (str(row.event_day), f"{row.lines:,}", ", ".join(map(str, row.landings)), "has run" if row.has_run else "has not run")
        for row in waiting
    ]
    widths = [max(len(row[at]) for row in [COLUMNS, *rows]) for at in range(len(COLUMNS))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in [COLUMNS, *rows]]
    return [*lines, *(["… and later days"] if is_cut else [])]


if __name__ == "__main__":
    run_job(main)
