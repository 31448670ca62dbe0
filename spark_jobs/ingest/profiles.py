"""Profile lines: one RFC 4180 record each, of any width."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.ingest.lines import first_reason
from spark_jobs.ingest.reasons import Reason

_FIELD = r'"(?:[^"]++|"")*+"|[^",]*+'
# With a comma before it every field's match has at least one character, or the search would step over the next comma.
RECORD = rf"(?s)^(?:,(?:{_FIELD}))++\z"
FIELD = rf"(?s),({_FIELD})"


def parse_profiles(lines: DataFrame) -> DataFrame:
    """Parse checked lines (source_file, line, text, reason).

    Grain: one row a line. Adds user_id and info (the other fields, as they are), and sets reason and detail where the line is bad.
    """
    record = F.concat(F.lit(","), "text")
    fields = F.when(record.rlike(RECORD), F.transform(F.regexp_extract_all(record, F.lit(FIELD), F.lit(1)), _unquoted))
    cut = lines.select("*", fields.alias("fields")).withColumn("user_id", F.get("fields", F.lit(0)))
    reason, detail = first_reason(
        (Reason.MALFORMED, F.col("fields").isNull(), F.lit("not one RFC 4180 record")),
        (Reason.MISSING_KEY, F.col("user_id").rlike(r"^(?:\s*|-)\z"), F.lit("user_id")),
    )
    info = F.slice("fields", 2, F.greatest(F.size("fields") - 1, F.lit(0)))
    return cut.select("source_file", "line", "user_id", info.alias("info"), reason, detail)


def _unquoted(field: Column) -> Column:
    inside = F.substring(field, F.lit(2), F.length(field) - 2)
    return F.when(field.startswith('"'), F.replace(inside, F.lit('""'), F.lit('"'))).otherwise(field)
