"""The blocklist: literals that no request of the tables may hold."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, read_text

FIELDS = ("user_id", "ip", "action", "user_agent")


def read_blocklist(spark: SparkSession, landing_uri: str) -> DataFrame:
    """The literals of landing/blocklist.txt, each once, in column `literal`; none where there is no file.

    DataFailed: the file is not UTF-8.
    """
    uri = join(landing_uri, "blocklist.txt")
    try:
        text = read_text(spark, uri) or ""
    except UnicodeDecodeError as error:
        raise DataFailed(f"{uri} is not UTF-8 at byte {error.start}: save it as UTF-8 and run the day again") from error
    lines = {line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")}
    return spark.createDataFrame([(line,) for line in sorted(lines - {""})], "literal string")


def without_blocked(requests: DataFrame, blocklist: DataFrame) -> DataFrame:
    """The requests of which no field of FIELDS holds a literal as a substring. A NULL field holds none."""
    literal = F.col("literal")
    holds = [F.coalesce(F.contains(F.col(field), literal), F.lit(False)) for field in FIELDS]
    return requests.join(F.broadcast(blocklist), holds[0] | holds[1] | holds[2] | holds[3], "left_anti")
