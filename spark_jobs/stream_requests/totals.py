"""The second query: running totals per user, which go on where they stood when the stream starts again."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.stream_requests.once import Batch, merge_once
from spark_jobs.stream_requests.schema import REQUESTS, USER_TOTALS


def user_totals(spark: SparkSession, watermark_seconds: int) -> DataFrame:
    """Grain: one row a named user, event day and landing day whose total the batch has changed. Its state is given up once the day ended
    watermark_seconds before the newest request; a request that comes later than that is dropped, and counted by the listener."""
    named = spark.readStream.table(REQUESTS.identifier).where(F.col("user_id").isNotNull())
    timely = named.withWatermark("event_ts", f"{watermark_seconds} seconds")
    counted = timely.groupBy(F.window("event_ts", "1 day").alias("day"), "landing_day", "user_id").agg(F.count("*").alias("requests"))
    return counted.select(F.to_date("day.start").alias("event_day"), "landing_day", "user_id", "requests")


def write(frame: DataFrame, batch: Batch) -> None:
    merge_once(frame.sparkSession, USER_TOTALS, frame, batch)
