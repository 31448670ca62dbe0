"""The most active users of every five minutes."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

WINDOW_SECONDS = 300
SLIDE_SECONDS = 30
TOP = 5


def top_users_by_window(activity: DataFrame) -> DataFrame:
    """Grain: one row a window and rank, 1 to 5, of named users by requests. Ties: user_id, by its bytes.

    A window of 300 s starts at every multiple of 30 s since the epoch. Requests are first counted per user and 30-second slot: each slot
    belongs to ten windows, each request would.
    """
    slot = F.floor(F.unix_timestamp("event_ts") / SLIDE_SECONDS) * SLIDE_SECONDS
    per_slot = (
        activity.where(F.col("user_id").isNotNull())
        .groupBy("event_day", "user_id", slot.alias("slot"))
        .agg(F.count("*").alias("slot_requests"))
    )
    first = F.col("slot") - (WINDOW_SECONDS - SLIDE_SECONDS)
    starts = F.explode(F.sequence(first, F.col("slot"), F.lit(SLIDE_SECONDS).cast("bigint"))).alias("start")
    per_window = per_slot.select("event_day", "user_id", "slot_requests", starts)
    counted = per_window.groupBy("event_day", "start", "user_id").agg(F.sum("slot_requests").alias("requests"))
    order = Window.partitionBy("event_day", "start").orderBy(F.desc("requests"), "user_id")
    ranked = counted.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= TOP)
    return ranked.select(
        "event_day",
        F.timestamp_seconds("start").alias("window_start"),
        F.timestamp_seconds(F.col("start") + WINDOW_SECONDS).alias("window_end"),
        "rank",
        "user_id",
        "requests",
    )
