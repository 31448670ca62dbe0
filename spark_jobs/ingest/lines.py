"""Landed files as lines of bytes, and the checks that every dataset's lines share."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import BinaryType, StringType, StructField, StructType

from spark_jobs.ingest.datasets import Dataset
from spark_jobs.ingest.landing import LandedFile
from spark_jobs.ingest.reasons import Reason

LINES = StructType(
    [
        StructField("source_file", StringType()),
        StructField("line", BinaryType()),
        StructField("text", StringType()),
        StructField("reason", StringType()),
    ]
)
CONTROL_CHARACTERS = r"[\x00-\x08\x0a-\x1f\x7f]"
DETAIL_CHARACTERS = 200
LINE_END = "\n"


def read_lines(spark: SparkSession, files: Sequence[LandedFile]) -> DataFrame:
    """The lines of the files. Grain: one row a line. Columns: source_file, line (its bytes, without the line's end).

    `lineSep` is given so that only a newline ends a line; Hadoop's reader drops a byte order mark at a file's start.
    """
    if not files:
        return spark.createDataFrame([], LINES).select("source_file", "line")
    return file_lines(spark.read.option("lineSep", LINE_END).text([file.uri for file in files]), files[0].dataset)


def file_lines(text: DataFrame, dataset: Dataset) -> DataFrame:
    """What Spark's text reader gives, at rest or as a stream, as the columns of read_lines."""
    # file_path is URL-encoded, but for `+`, which url_decode would take for a space.
    name = F.url_decode(F.replace(F.substring_index("_metadata.file_path", "/", -2), F.lit("+"), F.lit("%2B")))
    return text.select(F.concat(F.lit(f"{dataset.name}/"), name).alias("source_file"), line_bytes(F.col("value")).alias("line"))


def line_bytes(value: Column) -> Column:
    """A line's bytes without the return that may stand before its end. As bytes: a string function may replace what is not UTF-8."""
    line = value.cast("binary")
    ends_in_return = F.endswith(line, F.lit(bytearray(b"\r")))
    return F.when(ends_in_return, F.substring(line, F.lit(1), F.octet_length(line) - 1)).otherwise(line)


def landing_day_of_file() -> Column:
    """The landing day in the name of a line's file; NULL where that is no day."""
    return F.try_to_date(F.regexp_extract("source_file", "dt=([^/]+)/", 1))


def place_of_line() -> Column:
    """What a correction knows a line by: the folder of its file and the SHA-256 of its bytes, `<dataset>/dt=<day>/<hex>`."""
    return F.concat(F.regexp_extract("source_file", "^(.*/)", 1), F.sha2("line", 256))


def check_lines(lines: DataFrame, max_line_bytes: int) -> DataFrame:
    """Add `text`, the line as a string where it is fit to be parsed, and `reason` where it is not."""
    text = F.col("line").cast("string")
    reason = (
        F.when(F.octet_length("line") > max_line_bytes, Reason.TOO_LONG)
        .when(~F.is_valid_utf8(text), Reason.INVALID_UTF8)
        .when(text.rlike(CONTROL_CHARACTERS), Reason.CONTROL_CHARACTER)
        .when(text.rlike(r"^[ \t]*\z"), Reason.MALFORMED)
    )
    flagged = lines.select("source_file", "line", reason.alias("reason"))
    return flagged.select("source_file", "line", F.when(F.col("reason").isNull(), text).alias("text"), "reason")


def first_reason(*rules: tuple[Reason, Column, Column]) -> tuple[Column, Column]:
    """The first rule (reason, condition, detail) whose condition holds, as columns `reason` and `detail`.

    A reason that check_lines gave stands before all rules; its detail is empty.
    """
    reason, detail = (
        F.when(F.col("reason").isNotNull(), F.col("reason")),
        F.when(F.col("reason").isNotNull(), F.lit("")),
    )
    for name, condition, value in rules:
        reason, detail = reason.when(condition, name), detail.when(condition, value)
    return reason.alias("reason"), F.left(F.coalesce(detail, F.lit("")), F.lit(DETAIL_CHARACTERS)).alias("detail")
