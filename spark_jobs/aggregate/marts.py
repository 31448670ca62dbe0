"""The marts, each a pure function of core.activity of a day and, for the young, of raw.users."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

MAX_USER_IDS = 100


def _bytes() -> Column:
    return F.coalesce(F.sum("bytes"), F.lit(0)).alias("bytes")


def user_daily(activity: DataFrame) -> DataFrame:
    """Grain: one row a named user with a request. Units: bytes of response bodies; first_ts and last_ts UTC.

    name, age and gender are the same on every row of a user, so any of them serves.
    """
    return (
        activity.where(F.col("user_id").isNotNull())
        .groupBy("event_day", "user_id")
        .agg(
            F.count("*").alias("requests"),
            F.count_distinct("ip").alias("distinct_ips"),
            _bytes(),
            F.min("event_ts").alias("first_ts"),
            F.max("event_ts").alias("last_ts"),
            *[F.max(column).alias(column) for column in ("name", "age", "gender")],
        )
    )


def young_by_gender(users: DataFrame, activity: DataFrame, young_below_years: int) -> DataFrame:
    """Grain: one row a gender among the users below the age, silent ones too. Nulls: no gender is `unknown`; no age is not young."""
    per_user = activity.where(F.col("user_id").isNotNull()).groupBy("user_id").agg(F.count("*").alias("user_requests"))
    young = users.where(F.col("age") < young_below_years).join(per_user, "user_id", "left")
    return young.groupBy(F.col("landing_day").alias("event_day"), F.coalesce("gender", F.lit("unknown")).alias("gender")).agg(
        F.count("*").alias("users"),
        F.count("user_requests").alias("active_users"),
        F.coalesce(F.sum("user_requests"), F.lit(0)).alias("requests"),
    )


def ip_users_daily(activity: DataFrame) -> DataFrame:
    """Grain: one row an address. users counts named users, requests all; user_ids: the first 100 by their bytes.

    Grouped by user first, so that no task holds more of an address than its distinct users.
    """
    per_user = activity.groupBy("event_day", "ip", "user_id").agg(F.count("*").alias("user_requests"))
    sorted_ids = F.sort_array(F.collect_list("user_id"))
    return per_user.groupBy("event_day", "ip").agg(
        F.count("user_id").alias("users"),
        F.sum("user_requests").alias("requests"),
        F.slice(sorted_ids, 1, MAX_USER_IDS).alias("user_ids"),
    )


def file_types_daily(activity: DataFrame) -> DataFrame:
    """Grain: one row a file type. Units: bytes of response bodies."""
    return activity.groupBy("event_day", "file_type").agg(F.count("*").alias("requests"), _bytes())
