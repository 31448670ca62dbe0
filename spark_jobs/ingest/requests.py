"""Request lines: the 4-field format and the Common and Combined Log Format, told apart per line.

Source of the log formats: Apache httpd, mod_log_config; nginx, ngx_http_log_module. Source of the request line: RFC 9112.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.ingest.addresses import HOST_NAME, IP_LITERAL
from spark_jobs.ingest.lines import first_reason
from spark_jobs.ingest.reasons import Reason
from spark_jobs.ingest.timestamps import parse_iso_time, parse_log_time

# One pass of one pattern cuts a log line into fields; the separator cannot occur, control characters are refused before.
# Quantifiers are possessive: a hostile line must cost linear time and no stack.
_QUOTED = r'(?:[^"\\]++|\\.)*+'
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
LOG_LINE = (
    r"(?s)^([^ ]++) [^ \[]++ ([^\[ ](?:[^\[]*[^\[ ])?) \[([^\]]*+)\] "
    rf'"(?:({_TOKEN}) ((?:[^ "\\]++|\\[^ ]|\\(?= ))++) HTTP/[0-9]++(?:\.[0-9]++)?|({_QUOTED}))" '
    rf'([^ ]++) ([^ ]++)(?: ("{_QUOTED}") ("{_QUOTED}"))?\z'
)
SEPARATOR = "\x01"
LOG_FIELDS = ("host", "user", "time", "method", "target", "whole", "status", "bytes", "referer", "user_agent")
FOUR_FIELDS = r"^[^ ]+ [^ ]+ [^ ]+ [^ ]+\z"
STATUS, BYTES = r"^(?:-|[1-9][0-9]{2})\z", r"^(?:-|[0-9]{1,12})\z"


def parse_requests(lines: DataFrame) -> DataFrame:
    """Parse checked lines (source_file, line, text, reason).

    Grain: one row a line. Adds event_ts, user_id?, ip, action, method?, status?, bytes?, referer?, user_agent?, and sets reason and
    detail where the line is bad; the parsed columns of a bad line mean nothing.
    """
    replacement = SEPARATOR.join(f"${n}" for n in range(1, len(LOG_FIELDS) + 1))
    log = F.split(F.regexp_replace("text", LOG_LINE, replacement), SEPARATOR)
    four = F.when(F.col("text").rlike(FOUR_FIELDS), F.split("text", " "))
    cut = lines.select("*", log.alias("log"), four.alias("four"))
    fields = {name: F.get("log", F.lit(n)) for n, name in enumerate(LOG_FIELDS)}
    is_log, is_four = F.size("log") == len(LOG_FIELDS), F.col("four").isNotNull()
    method = F.nullif(fields["method"], F.lit(""))
    parsed = cut.select(
        "source_file", "line", "reason",
        is_log.alias("is_log"),
        (is_log | is_four).alias("is_known"),
        F.when(is_log, fields["time"]).otherwise(F.get("four", F.lit(0))).alias("time"),
        F.when(is_log, fields["host"]).otherwise(F.get("four", F.lit(2))).alias("ip"),
        F.when(is_log, _user(fields["user"])).otherwise(_value(F.get("four", F.lit(1)))).alias("user_id"),
        F.when(is_log, F.when(method.isNotNull(), fields["target"]).otherwise(fields["whole"]))
        .otherwise(F.get("four", F.lit(3))).alias("action"),
        F.when(is_log, method).alias("method"),
        F.when(is_log, fields["status"]).alias("status_text"),
        F.when(is_log, fields["bytes"]).alias("bytes_text"),
        F.when(is_log, _unquoted(fields["referer"])).alias("referer"),
        F.when(is_log, _unquoted(fields["user_agent"])).alias("user_agent"),
    )  # fmt: skip
    timed = parsed.withColumn("event_ts", F.when(F.col("is_log"), parse_log_time(F.col("time"))).otherwise(parse_iso_time(F.col("time"))))
    is_host = F.col("ip").rlike(IP_LITERAL) | (F.col("is_log") & F.col("ip").rlike(HOST_NAME))
    reason, detail = first_reason(
        (Reason.MALFORMED, ~F.col("is_known"), F.lit("neither four fields nor a log line")),
        (Reason.BAD_TIMESTAMP, F.col("event_ts").isNull(), F.col("time")),
        (Reason.BAD_IP, ~is_host, F.col("ip")),
        (Reason.BAD_VALUE, ~F.col("status_text").rlike(STATUS), F.concat(F.lit("status "), "status_text")),
        (Reason.BAD_VALUE, ~F.col("bytes_text").rlike(BYTES), F.concat(F.lit("bytes "), "bytes_text")),
    )
    return timed.select(
        "source_file", "line", "event_ts", "user_id", "ip", "action", "method",
        F.col("status_text").try_cast("int").alias("status"),
        F.col("bytes_text").try_cast("bigint").alias("bytes"),
        "referer", "user_agent", reason, detail,
    )  # fmt: skip


def mentions_day(text: Column, day: date) -> Column:
    """Whether a line's time may fall on the UTC day, by its written date; a superset that costs one short match.

    Written dates of the day before count for offsets west of Greenwich, those of the day after only with an offset east of it.
    """
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    iso = rf"(?:{before.isoformat()}|{day.isoformat()})T|{after.isoformat()}T[^ ]*\+"
    log = rf"(?:{before:%d/%b/%Y}|{day:%d/%b/%Y}):|{after:%d/%b/%Y}:[0-9:]{{8}} \+(?!0000)"
    return text.rlike(rf"^(?:{iso}|[^\[]*\[(?:{log}))")


def judge_window(parsed: DataFrame, landing_day: Column, late_days: int) -> DataFrame:
    """Add event_day, and quarantine what is older than the window or later than its landing day (OUT_OF_WINDOW)."""
    event_day = F.to_date("event_ts")
    outside = ~event_day.between(F.date_sub(landing_day, late_days), landing_day)
    is_bad = F.col("reason").isNotNull()
    return parsed.select(
        *[name for name in parsed.columns if name not in ("reason", "detail")],
        event_day.alias("event_day"),
        F.when(is_bad, F.col("reason")).when(outside, Reason.OUT_OF_WINDOW).alias("reason"),
        F.when(is_bad, F.col("detail")).when(outside, F.date_format("event_ts", "yyyy-MM-dd'T'HH:mm:ss'Z'")).otherwise("").alias("detail"),
    )


def _value(field: Column) -> Column:
    return F.nullif(field, F.lit("-"))


def _user(field: Column) -> Column:
    return F.nullif(_value(field), F.lit('""'))


def _unquoted(field: Column) -> Column:
    """A quoted field's inside; NULL where it is absent, empty or `-`."""
    inside = F.substring(field, F.lit(2), F.length(field) - 2)
    return F.when(F.length(field) > 2, _value(inside))
