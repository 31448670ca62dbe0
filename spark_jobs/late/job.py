"""Late lines by the day that they belong to, where that day and the landings that bring them disagree, and which of these to run again.

Exit codes: 0 also where there is none, 64 wrong usage.
"""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from spark_jobs.gate.ingested import ingested_days
from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.reading import current_snapshot, read_snapshot
from spark_jobs.lake.session import get_session

COLUMNS = ("day", "late lines", "withdrawn", "landed", "run again")


def build_parser() -> JobParser:
    parser = JobParser(prog="late", description=__doc__.partition("\n")[0])
    parser.add_argument("--top", type=positive, required=True, help="days to tell, the oldest first")
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session("late")
    snapshot_id = current_snapshot(spark, LEDGER)
    waiting: list[Row] = []
    if snapshot_id is not None:
        waiting = waiting_days(read_snapshot(spark, LEDGER, snapshot_id), ingested_days(spark)).limit(args.top + 1).collect()
    print("\n".join(listing(waiting[: args.top], is_cut=len(waiting) > args.top)), flush=True)


def waiting_days(ledger: DataFrame, ran: DataFrame) -> DataFrame:
    """Grain: one row an event day whose own run has taken in other late lines than have landed for it.

    Columns: event_day; lines, that it has not taken in; withdrawn, lines that it has taken in and that the landing's own run has no more,
    since a file or a correction went; landings (days, sorted); run_again (days, sorted): of each landing and the event day the one that ran
    before the other; has_run. A file's lines are compared by their number. ran: as ingested_days gives it.
    """
    late = ledger.select("source_file", F.explode("late_by_day").alias("event_day", "lines"))
    late = late.withColumn("event_day", F.col("event_day").cast("date"))
    taken = ledger.where("arrived_late > 0").select(F.col("landing_day").alias("event_day"), "source_file", "arrived_late")
    left = F.coalesce("lines", F.lit(0)) - F.coalesce("arrived_late", F.lit(0))
    other = late.join(taken, ["event_day", "source_file"], "full").withColumn("left", left).where("left <> 0")
    other = other.withColumn("landing_day", landing_day_of_file())
    # A day may run before the landing that brings its late lines: then nothing can be said of that landing yet.
    other = other.join(ran.select(F.col("day").alias("landing_day"), F.col("ran_at").alias("landing_ran_at")), "landing_day")
    other = other.join(ran.select(F.col("day").alias("event_day"), "ran_at"), "event_day", "left")
    older = F.when(F.col("ran_at") > F.col("landing_ran_at"), F.col("landing_day")).otherwise(F.col("event_day"))
    by_day = other.groupBy("event_day").agg(
        F.sum(F.greatest("left", F.lit(0))).alias("lines"),
        F.sum(F.greatest(-F.col("left"), F.lit(0))).alias("withdrawn"),
        F.array_sort(F.collect_set("landing_day")).alias("landings"),
        F.array_sort(F.collect_set(older)).alias("run_again"),
        F.count("ran_at").cast("boolean").alias("has_run"),
    )
    return by_day.orderBy("event_day")


def listing(waiting: Sequence[Row], is_cut: bool) -> list[str]:
    """A line for each day under a head."""
    if not waiting:
        return ["no late lines wait: each day has taken in what landed for it later"]
    rows = [cells(row) for row in waiting]
    widths = [max(len(row[at]) for row in [COLUMNS, *rows]) for at in range(len(COLUMNS))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in [COLUMNS, *rows]]
    return [*lines, *(["… and later days"] if is_cut else [])]


def cells(row: Row) -> tuple[str, ...]:
    run_again = f"{joined(row.run_again)}{'' if row.has_run else ' (has not run)'}"
    return str(row.event_day), f"{row.lines:,}", f"{row.withdrawn:,}", joined(row.landings), run_again


def joined(days: Sequence[date]) -> str:
    return ", ".join(map(str, days))


if __name__ == "__main__":
    run_job(main)
