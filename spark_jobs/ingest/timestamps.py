"""The two written forms of a moment, both brought to ISO 8601 with an offset and cast by Spark."""

from pyspark.sql import Column
from pyspark.sql import functions as F

MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTH = "|".join(MONTHS[i : i + 3] for i in range(0, 36, 3))
LOG_TIME = rf"^[0-9]{{2}}/(?:{_MONTH})/(?!0000)[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [+-][0-9]{{4}}\z"
ISO_TIME = (
    r"^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"
    r"(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\z"
)


def parse_log_time(text: Column) -> Column:
    """`17/May/2015:10:05:03 +0000` as a TIMESTAMP; NULL where it is not in the form or no such moment."""
    month = F.lpad(((F.instr(F.lit(MONTHS), F.substring(text, 4, 3)) + 2) / 3).cast("int").cast("string"), 2, "0")
    iso = F.concat(
        F.substring(text, 8, 4), F.lit("-"), month, F.lit("-"), F.substring(text, 1, 2), F.lit("T"),
        F.substring(text, 13, 8), F.substring(text, 22, 3), F.lit(":"), F.substring(text, 25, 2),
    )  # fmt: skip
    return F.when(text.rlike(LOG_TIME), iso).try_cast("timestamp")


def parse_iso_time(text: Column) -> Column:
    """`2015-05-17T10:05[:03[.5]][offset]` as a TIMESTAMP, UTC without an offset, cut to microseconds; NULL where it is none."""
    with_seconds = F.regexp_replace(text, r"^([^T]*T[0-9]{2}:[0-9]{2})(?!:)", "$1:00")
    with_minutes = F.regexp_replace(with_seconds, r"([+-][0-9]{2})\z", "$1:00")
    # A day's date ends in -DD too, but never stands last: the form has a time behind it.
    with_colon = F.regexp_replace(with_minutes, r"([+-][0-9]{2})([0-9]{2})\z", "$1:$2")
    return F.when(text.rlike(ISO_TIME), with_colon).try_cast("timestamp")
