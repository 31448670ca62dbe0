"""core.activity from the raw tables of its day."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.enrich.schema import ACTIVITY

# The last dot of a segment, not its first character, and what follows it to the end.
_EXTENSION = r"(?s)^.+\.([a-z0-9]{1,8})\z"


def file_type(action: Column) -> Column:
    """The extension of the path's last segment, lower case, or `none`; query and fragment are no part of it."""
    path = F.substring_index(F.substring_index(action, "?", 1), "#", 1)
    extension = F.regexp_extract(F.lower(F.substring_index(path, "/", -1)), _EXTENSION, 1)
    return F.coalesce(F.nullif(extension, F.lit("")), F.lit("none"))


def build_activity(requests: DataFrame, users: DataFrame, profiles: DataFrame) -> DataFrame:
    """Left outer join the day's unblocked requests with the users and profiles of its landing.

    Grain: one row a request, as many as came in: user_id is unique in users and in profiles. Columns: ACTIVITY.
    Nulls: a NULL user_id joins nothing.
    """
    known = users.select("user_id", "name", "age", "gender", F.lit(True).alias("is_known"))
    joined = requests.join(known, "user_id", "left").join(profiles.select("user_id", "info"), "user_id", "left")
    return joined.withColumns({"file_type": file_type(F.col("action")), "known_user": F.coalesce("is_known", F.lit(False))}).select(
        *ACTIVITY.schema.names
    )
