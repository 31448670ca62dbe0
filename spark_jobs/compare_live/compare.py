"""The comparison itself: one release of a day, and what was streamed of the landings that it has read."""

from datetime import date, datetime

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_jobs.aggregate.schema import USER_DAILY
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.ingest.datasets import REQUESTS
from spark_jobs.ingest.lines import landing_day_of_file
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.reading import current_snapshot, kept_snapshots, read_day
from spark_jobs.lake.table import day_literal
from spark_jobs.stream_requests.schema import LEDGER as LIVE_LEDGER
from spark_jobs.stream_requests.schema import USER_TOTALS

ONLY_LIVE, ONLY_DAILY = "live", "daily"


def release_before(spark: SparkSession, day: date, moment: datetime) -> Row | None:
    """The newest row of ops.releases for the day that is not newer than the moment."""
    snapshot_id = current_snapshot(spark, RELEASES)
    if snapshot_id is None:
        return None
    of_day = read_day(spark, RELEASES, day, snapshot_id).where(F.col("released_at") <= F.lit(moment))
    return of_day.orderBy(F.desc("released_at"), F.desc("release_id")).first()


def is_kept(spark: SparkSession, release: Row) -> bool:
    """Whether what is compared of the release can still be read: an erasure leaves the newest snapshots alone."""
    return all(kept_snapshots(spark, table, [release.tables[table.name].snapshot_id]) for table in (USER_DAILY, LEDGER))


def differences(spark: SparkSession, day: date, release: Row) -> DataFrame:
    """Grain: one row a named user whose counts differ. Columns: user_id, live, daily; 0 where the user is not there."""
    daily = read_day(spark, USER_DAILY, day, release.tables[USER_DAILY.name].snapshot_id).select(
        "user_id", F.col("requests").alias("daily")
    )
    landings = landings_read(spark, day, release.tables[LEDGER.name].snapshot_id)
    totals = spark.table(USER_TOTALS.identifier).where(F.col("event_day") == day_literal(day))
    live = totals.join(landings, "landing_day", "left_semi").groupBy("user_id").agg(F.sum("requests").alias("live"))
    zero = {name: F.coalesce(name, F.lit(0)) for name in ("live", "daily")}
    both = live.join(daily, "user_id", "full_outer").withColumns(zero)
    return both.where(F.col("live") != F.col("daily"))


def other_files(spark: SparkSession, day: date, release: Row) -> DataFrame:
    """Grain: one row a file with lines that only one side has read, of the landings that the release has read.

    Columns: source_file, side.
    """
    of_release = requests_ledger(spark, day, release.tables[LEDGER.name].snapshot_id)
    # The stream's ledger knows no file without a line, and no landing's lines that are of other days have a count in the release's.
    has_counted = (F.col("lines") + F.col("arrived_late") > 0).alias("daily")
    days = of_release.select(landing_day_of_file().alias("landing_day")).distinct()
    streamed = spark.table(LIVE_LEDGER.identifier).join(days, "landing_day", "left_semi").where(F.col("sha256").isNotNull())
    live = streamed.select("source_file", F.lit(True).alias("live")).distinct()
    both = live.join(of_release.select("source_file", has_counted), "source_file", "full_outer")
    only = F.when(F.col("daily").isNull(), ONLY_LIVE).when(F.col("live").isNull() & F.col("daily"), ONLY_DAILY)
    return both.select("source_file", only.alias("side")).where(F.col("side").isNotNull())


def landings_read(spark: SparkSession, day: date, ledger_snapshot: int) -> DataFrame:
    """The landing days of which the release's run has read requests: its own, and later ones that were complete."""
    return requests_ledger(spark, day, ledger_snapshot).select(landing_day_of_file().alias("landing_day")).distinct()


def requests_ledger(spark: SparkSession, day: date, ledger_snapshot: int) -> DataFrame:
    return read_day(spark, LEDGER, day, ledger_snapshot).where(F.col("dataset") == REQUESTS.name)


def corrected_lines(spark: SparkSession, day: date, release: Row) -> int:
    """How many lines of requests the release's run has corrected: none of them was streamed as it now stands."""
    ledger = requests_ledger(spark, day, release.tables[LEDGER.name].snapshot_id)
    row = ledger.agg(F.coalesce(F.sum("corrected"), F.lit(0)).alias("lines")).first()
    assert row is not None  # an aggregate without groups is one row
    return int(row.lines)


def explained_by_corrections(found: DataFrame, corrected: int) -> bool:
    """Whether no user has more live requests than daily ones, and all together no more are missing than lines were corrected."""
    row = found.agg(
        F.max(F.col("live") - F.col("daily")).alias("more_live"), F.sum(F.col("daily") - F.col("live")).alias("missing")
    ).first()
    assert row is not None  # as above
    return bool(row.more_live < 0 and row.missing <= corrected)


def shown(found: DataFrame, top: int) -> str:
    """The largest differences, a line each; ties by user_id."""
    rows = found.orderBy(F.desc(F.abs(F.col("live") - F.col("daily"))), "user_id").limit(top).collect()
    return "\n".join([f"  {'user':30}{'live':>12}{'daily':>12}", *(f"  {r.user_id!r:30}{r.live:>12,}{r.daily:>12,}" for r in rows)])
