"""Late lines by the day that they belong to, where that day and the landings that bring them disagree, and which of these to run again.

Exit codes: 0 also where there is none, 64 wrong usage.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.gate.ingested import ingested_days
from spark_jobs.ingest.landing import MARKER
from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.missing import gone_from_landing
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.reading import current_snapshot, read_snapshot
from spark_jobs.lake.session import get_session

COLUMNS = ("day", "late lines", "withdrawn", "landed", "run again")


def build_parser() -> JobParser:
    parser = JobParser(prog="late", description=__doc__.partition("\n")[0])
    parser.add_argument("--top", type=positive, required=True, help="days to tell, the oldest first")
    parser.add_argument("--landing-uri", required=True, help="where it is looked whether a day can run again")
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session("late")
    snapshot_id = current_snapshot(spark, LEDGER)
    waiting: list[Row] = []
    if snapshot_id is not None:
        waiting = waiting_days(read_snapshot(spark, LEDGER, snapshot_id), ingested_days(spark)).limit(args.top + 1).collect()
    notes = notes_of(spark, args.landing_uri, waiting)
    print("\n".join(listing(waiting[: args.top], notes, is_cut=len(waiting) > args.top)), flush=True)


def waiting_days(ledger: DataFrame, ran: DataFrame) -> DataFrame:
    """Grain: one row an event day whose own run has taken in other late lines than have landed for it.

    Columns: event_day; lines, that it has not taken in; withdrawn, lines that it has taken in and that the landing's own run has no more,
    since a file or a correction went; landings (days, sorted); run_again: of each landing and the event day the one that was rolled back,
    else the one that ran before the other (array of day, is_restored, sorted). A file's lines are compared by their number.
    ran: as newest_tries gives it.
    """
    late = ledger.select("source_file", F.explode("late_by_day").alias("event_day", "lines"))
    late = late.withColumn("event_day", F.col("event_day").cast("date"))
    taken = ledger.where("arrived_late > 0").select(F.col("landing_day").alias("event_day"), "source_file", "arrived_late")
    left = F.coalesce("lines", F.lit(0)) - F.coalesce("arrived_late", F.lit(0))
    other = late.join(taken, ["event_day", "source_file"], "full").withColumn("left", left).where("left <> 0")
    other = other.withColumn("landing_day", landing_day_of_file())
    # A day may run before the landing that brings its late lines: then nothing can be said of that landing yet.
    other = other.join(side(ran.where("ran_at IS NOT NULL"), "landing"), "landing_day")
    other = other.join(side(ran, "event"), "event_day", "left")
    event, landing = (F.struct(F.col(f"{name}_day").alias("day"), restored(name).alias("is_restored")) for name in ("event", "landing"))
    is_landing = ~restored("event") & (restored("landing") | (F.col("event_ran_at") > F.col("landing_ran_at")))
    by_day = other.groupBy("event_day").agg(
        F.sum(F.greatest("left", F.lit(0))).alias("lines"),
        F.sum(F.greatest(-F.col("left"), F.lit(0))).alias("withdrawn"),
        F.array_sort(F.collect_set("landing_day")).alias("landings"),
        F.array_sort(F.collect_set(F.when(is_landing, landing).otherwise(event))).alias("run_again"),
    )
    return by_day.orderBy("event_day")


def side(ran: DataFrame, name: str) -> DataFrame:
    """The columns of `ran` as those of the event or of the landing day."""
    return ran.select(*[F.col(column).alias(f"{name}_{column}") for column in ("day", "ran_at", "is_restored")])


def restored(name: str) -> Column:
    return F.coalesce(f"{name}_is_restored", F.lit(False))


def notes_of(spark: SparkSession, landing_uri: str, waiting: Sequence[Row]) -> dict[date, str]:
    """Why days to run again cannot run as they lie in the landing folder, or should not without a thought."""
    named = {one.day: one.is_restored for row in waiting for one in row.run_again}
    notes = {day: "rolled back" for day, is_restored in named.items() if is_restored}
    for day, names in gone_from_landing(spark, landing_uri, named).items():
        # Files of later landings that went are what a run is for.
        own = [name for name in names if f"/dt={day}/" in name]
        if own:
            notes[day] = "not landed" if any(name.endswith(f"/{MARKER}") for name in own) else "its files are gone"
    return notes


def listing(waiting: Sequence[Row], notes: Mapping[date, str], is_cut: bool) -> list[str]:
    """A line for each day under a head."""
    if not waiting:
        return ["no late lines wait: each day has taken in what landed for it later"]
    rows = [cells(row, notes) for row in waiting]
    widths = [max(len(row[at]) for row in [COLUMNS, *rows]) for at in range(len(COLUMNS))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in [COLUMNS, *rows]]
    return [*lines, *(["… and later days"] if is_cut else [])]


def cells(row: Row, notes: Mapping[date, str]) -> tuple[str, ...]:
    run_again = ", ".join(f"{one.day} ({notes[one.day]})" if one.day in notes else str(one.day) for one in row.run_again)
    return str(row.event_day), f"{row.lines:,}", f"{row.withdrawn:,}", ", ".join(map(str, row.landings)), run_again


if __name__ == "__main__":
    run_job(main)
