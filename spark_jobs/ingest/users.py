"""User lines: one JSON object each, of declared types."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.ingest.lines import CONTROL_CHARACTERS, first_reason
from spark_jobs.ingest.reasons import Reason

FIELDS = ("user_id", "name", "age", "gender")
MAX_AGE_YEARS = 150
# Half of a \uDDDD pair, which no UTF-8 can hold: a high one without a low one behind it, or a low one without a high one before it.
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
HALF_PAIR = rf"{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW}"


def parse_users(lines: DataFrame) -> DataFrame:
    """Parse checked lines (source_file, line, text, reason).

    Grain: one row a line. Adds user_id, name?, age? (years), gender?, and sets reason and detail where the line is bad.
    Nulls: an absent, null or empty name, age or gender is NULL. Other keys are ignored.
    """
    # Spark's parser stops after the first value. With the line's own hash behind it in an array, anything else in the line
    # shows: no line can hold its own hash.
    digest = F.sha2("text", 256)
    variant = F.try_parse_json(F.concat(F.lit("["), "text", F.lit(',"'), digest, F.lit('"]')))
    parsed = lines.select("*", digest.alias("digest"), variant.alias("json"))
    is_alone = F.try_variant_get("json", "$[1]", "string") == F.col("digest")
    is_object = F.schema_of_variant(F.variant_get("json", "$[0]", "variant")).startswith("OBJECT")
    typed = parsed.select(
        "source_file", "line", "reason",
        F.coalesce(is_alone & is_object, F.lit(False)).alias("is_object"),
        # An escaped backslash before a `u` starts no escape.
        F.replace("text", F.lit("\\\\"), F.lit(" ")).rlike(HALF_PAIR).alias("has_half_pair"),
        *[F.try_variant_get("json", f"$[0].{name}", "string").alias(name) for name in FIELDS],
        *[F.coalesce(_type(name), F.lit("VOID")).alias(f"{name}_type") for name in FIELDS],
    )  # fmt: skip
    key_is_missing = (F.col("user_id_type") == "VOID") | ((F.col("user_id_type") == "STRING") & F.col("user_id").rlike(r"^(?:\s*|-)\z"))
    rules = [
        (Reason.MALFORMED, ~F.col("is_object"), F.lit("not one JSON object")),
        (Reason.MISSING_KEY, key_is_missing, F.lit("user_id")),
        (Reason.BAD_VALUE, F.col("has_half_pair"), F.lit("half of a surrogate pair")),
        *[(Reason.BAD_VALUE, ~_type_fits(name), F.concat(F.lit(f"{name} is "), f"{name}_type")) for name in FIELDS],
        (Reason.BAD_VALUE, ~F.col("age").try_cast("bigint").between(0, MAX_AGE_YEARS), F.concat(F.lit("age "), "age")),
        *[(Reason.CONTROL_CHARACTER, F.col(name).rlike(CONTROL_CHARACTERS), F.lit(name)) for name in ("user_id", "name", "gender")],
    ]
    reason, detail = first_reason(*rules)
    return typed.select(
        "source_file", "line", "user_id",
        F.nullif("name", F.lit("")).alias("name"),
        F.col("age").try_cast("int").alias("age"),
        F.nullif("gender", F.lit("")).alias("gender"),
        reason, detail,
    )  # fmt: skip


def _type(name: str) -> Column:
    return F.schema_of_variant(F.variant_get("json", f"$[0].{name}", "variant"))


def _type_fits(name: str) -> Column:
    return F.col(f"{name}_type").isin("VOID", "BIGINT" if name == "age" else "STRING")
