"""Whether a name, or a name inside of a line, is that of an erased user, by the hash alone.

HMAC-SHA-256 is put together from Spark's own sha2, as RFC 2104 defines it. The key and the hashes reach the executors as the data of a
one-row table that is broadcast, never as literals: those stand in plans, and so in event logs and in Spark's pages. Spark's redaction is no
way out, since it looks at the names of properties, and at plans only where somebody has configured a pattern that matches a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.key import Key

SECRET = "erased_inner binary, erased_outer binary, erased_hashes array<string>, erased_forms array<string>"
SECRET_COLUMNS = ("erased_inner", "erased_outer", "erased_hashes", "erased_forms")
LETTER = r"[\p{L}\p{N}_]"
# A name may stand at a place unless it would cut a word in two there.
EDGE = rf"(?:(?<!{LETTER})|(?!{LETTER}))"


@dataclass(frozen=True)
class ErasedUsers:
    """secret: one row of SECRET; None where nobody was erased, which costs nothing. lengths: of the names, in characters; form_lengths: of
    what stands for a name within a text, such as a name with escapes; list_id: tells the list they are of from any other."""

    secret: DataFrame | None
    lengths: tuple[int, ...] = ()
    form_lengths: tuple[int, ...] = ()
    list_id: str = ""

    @classmethod
    def of(cls, spark: SparkSession, key: Key, names: Iterable[tuple[str, int]], forms: Iterable[tuple[str, int]] = ()) -> "ErasedUsers":
        """Of hashes and lengths. forms: what stands for one of the names within a text; it is no name of a user."""
        (hashes, lengths), (form_hashes, form_lengths) = _apart(names), _apart(forms)
        inner, outer = key.pads
        row = (bytearray(inner), bytearray(outer), hashes, form_hashes)
        return cls(spark.createDataFrame([row], SECRET), tuple(lengths), tuple(form_lengths))

    def mark_names(self, frame: DataFrame, into: str = "is_erased", column: str = "user_id") -> DataFrame:
        """Add whether the name in a column is that of an erased user; false for NULL."""
        if self.secret is None:
            return frame.withColumn(into, F.lit(False))
        is_erased = F.length(column).isin(list(self.lengths)) & _is_listed(F.col(column))
        return frame.crossJoin(F.broadcast(self.secret)).withColumn(into, F.coalesce(is_erased, F.lit(False))).drop(*SECRET_COLUMNS)

    def mark_any_name(self, frame: DataFrame, into: str, column: str) -> DataFrame:
        """Add whether an array of names holds that of an erased user; false for NULL."""
        if self.secret is None:
            return frame.withColumn(into, F.lit(False))
        is_erased = F.exists(column, lambda name: F.length(name).isin(list(self.lengths)) & _is_listed(name))
        return frame.crossJoin(F.broadcast(self.secret)).withColumn(into, F.coalesce(is_erased, F.lit(False))).drop(*SECRET_COLUMNS)

    def mark_mentions(self, frame: DataFrame, into: str, text: Column, where: Column) -> DataFrame:
        """Add whether a text, or bytes, holds the name of an erased user, or a form of it, as a word; false where `where` is not true.

        Bytes that are no UTF-8 stand between words. A name is found with whatever it holds itself, such as spaces or dots; it is also
        found in `u1-2` where only `u1` was erased.
        """
        if self.secret is None:
            return frame.withColumn(into, F.lit(False))
        lengths = sorted({*self.lengths, *self.form_lengths})
        found = [F.exists(words_of(text.cast("string"), length), lambda word: _is_listed(word, "erased_forms")) for length in lengths]
        mentioned = where & reduce(Column.__or__, found)
        return frame.crossJoin(F.broadcast(self.secret)).withColumn(into, F.coalesce(mentioned, F.lit(False))).drop(*SECRET_COLUMNS)


def _apart(hashed: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    pairs = set(hashed)
    return sorted(name for name, _ in pairs), sorted({length for _, length in pairs})


def words_of(text: Column, length: int) -> Column:
    """All that stands in the text between two edges and is so many characters long; they may overlap."""
    return F.regexp_extract_all(text, F.lit(rf"(?s){EDGE}(?=(.{{{length}}}){EDGE})"), F.lit(1))


def hmac_sha256(message: Column, inner: Column, outer: Column) -> Column:
    """RFC 2104 over the message's UTF-8 bytes, in hex; the pads are those of the key (key.py)."""
    inside = F.unhex(F.sha2(F.concat(inner, message.cast("binary")), 256))
    return F.sha2(F.concat(outer, inside), 256)


def _is_listed(name: Column, *also: str) -> Column:
    listed = F.concat("erased_hashes", *also)
    return F.array_contains(listed, hmac_sha256(name, F.col("erased_inner"), F.col("erased_outer")))
