"""The third query: requests in windows of five minutes, one every 30 seconds."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.aggregate.windows import SLIDE_SECONDS, WINDOW_SECONDS
from spark_jobs.stream_requests.once import Batch, merge_once
from spark_jobs.stream_requests.schema import REQUEST_WINDOWS, REQUESTS


def request_windows(spark: SparkSession, watermark_seconds: int) -> DataFrame:
    """Grain: one row a window that the batch has changed, anonymous requests too. event_day: of the window's start. A window is given up
    once it ended watermark_seconds before the newest request; a request that comes later than that is dropped, and counted by the
    listener."""
    timely = spark.readStream.table(REQUESTS.identifier).withWatermark("event_ts", f"{watermark_seconds} seconds")
    window = F.window("event_ts", f"{WINDOW_SECONDS} seconds", f"{SLIDE_SECONDS} seconds")
    counted = timely.groupBy(window.alias("span")).agg(F.count("*").alias("requests"))
    return counted.select(
        F.to_date("span.start").alias("event_day"),
        F.col("span.start").alias("window_start"),
        F.col("span.end").alias("window_end"),
        "requests",
    )


def write(frame: DataFrame, batch: Batch) -> None:
    merge_once(frame.sparkSession, REQUEST_WINDOWS, frame, batch)
