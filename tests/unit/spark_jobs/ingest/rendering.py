"""Accepted lines written anew from their columns: read again, each says what it said."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.ingest.lines import check_lines
from spark_jobs.ingest.profiles import parse_profiles
from spark_jobs.ingest.requests import parse_requests
from spark_jobs.ingest.users import parse_users

# Quotes and escapes make a line longer than it was.
MAX_LINE_BYTES = 100_000
OF_FOUR_FIELDS = ("event_ts", "user_id", "ip", "action")
OF_A_LOG = ("method", "status", "bytes", "referer", "user_agent")


def rendered_lines_say_the_same(judged: dict[str, DataFrame]) -> None:
    """judged: lines by dataset; each dataset, and of the requests each format, has accepted ones."""
    accepted = {name: lines.where("outcome = 'accepted'") for name, lines in judged.items()}
    is_four = F.expr(" AND ".join(f"{name} IS NULL" for name in OF_A_LOG))
    # What a log line alone can say: a host's name, spaces, an empty request.
    is_four &= F.col("ip").rlike("^[0-9A-Fa-f:.]+$") & (F.col("action") != "") & ~F.concat_ws("", "user_id", "action").contains(" ")
    requests = (*OF_FOUR_FIELDS, *OF_A_LOG)
    _say_the_same(accepted["requests"].where(is_four), _four_fields(), parse_requests, requests)
    _say_the_same(accepted["requests"].where(~is_four), _log_line(), parse_requests, requests)
    _say_the_same(
        accepted["users"], F.to_json(F.struct("gender", "age", "name", "user_id")), parse_users, ("user_id", "name", "age", "gender")
    )
    _say_the_same(accepted["profiles"], _record(), parse_profiles, ("user_id", "info"))


def _say_the_same(accepted: DataFrame, rendered: Column, parse: Callable[[DataFrame], DataFrame], columns: tuple[str, ...]) -> None:
    lines = accepted.select(F.lit("x").alias("source_file"), rendered.cast("binary").alias("line"), F.struct(*columns).alias("was"))
    read = parse(check_lines(lines.select("source_file", "line"), MAX_LINE_BYTES))
    again = read.select("line", "reason", F.struct(*columns).alias("now"))
    pairs = lines.select("line", "was").distinct().join(again.distinct(), "line")
    assert pairs.count() >= lines.select("line").distinct().count() >= 3
    assert pairs.where("reason IS NOT NULL OR NOT (was <=> now)").limit(3).collect() == []


def _four_fields() -> Column:
    return F.concat_ws(" ", F.date_format("event_ts", "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"), F.coalesce("user_id", F.lit("-")), "ip", "action")


def _log_line() -> Column:
    """Of the Combined Log Format."""
    user, status, size, referer, user_agent = (
        F.coalesce(F.col(name).cast("string"), F.lit("-")) for name in ("user_id", "status", "bytes", "referer", "user_agent")
    )
    moment = F.date_format("event_ts", "dd/MMM/yyyy:HH:mm:ss +0000")
    request = F.when(F.col("method").isNull(), F.col("action")).otherwise(F.concat_ws(" ", "method", "action", F.lit("HTTP/1.1")))
    return F.format_string('%s - %s [%s] "%s" %s %s "%s" "%s"', "ip", user, moment, request, status, size, referer, user_agent)


def _record() -> Column:
    """Of RFC 4180, each field in quotes."""
    fields = F.concat(F.array("user_id"), "info")
    return F.concat_ws(",", F.transform(fields, lambda field: F.concat(F.lit('"'), F.replace(field, F.lit('"'), F.lit('""')), F.lit('"'))))
