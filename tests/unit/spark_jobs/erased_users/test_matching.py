"""Spark's own functions give Python's HMAC, names are found in lines as words, and the key stands in no plan."""

import re

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.listed import NOBODY, as_erased
from spark_jobs.erased_users.matching import ErasedUsers, hmac_sha256, words_of

KEY = Key(bytes(range(32)))
NAMES = ["u1", "bob smith", "ü€😀", "a.b@c", "x" * 200, "'", "\\d+"]


def erased(spark: SparkSession, *names: str) -> ErasedUsers:
    return ErasedUsers.of(spark, KEY, [(KEY.hash_of(name), len(name)) for name in names])


def test_the_hash_is_pythons_for_any_name(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(name,) for name in [*NAMES, "", "y" * 5000]], "name string")
    inner, outer = (F.lit(bytearray(pad)) for pad in KEY.pads)
    for row in frame.select("name", hmac_sha256(F.col("name"), inner, outer).alias("hash")).collect():
        assert row.hash == KEY.hash_of(row.name)


def test_only_the_names_themselves_are_marked(spark: SparkSession) -> None:
    others = ["u2", "u11", "U1", "bob", "smith bob", None, "", "a.b@d"]
    frame = spark.createDataFrame([(name,) for name in [*NAMES, *others]], "user_id string")
    marked = erased(spark, *NAMES).mark_names(frame)
    assert marked.columns == ["user_id", "is_erased"]
    assert {row.user_id for row in marked.where("is_erased").collect()} == set(NAMES)
    assert not marked.where("is_erased IS NULL").count()


@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        ("u1", b"u1", True),
        ("u1", b"2026-11-01T10:00Z u1 192.0.2.1 /", True),
        ("u1", b'{"user_id":"u1","age":"x"}', True),
        ("u1", b"/users/u1.html?x=1", True),
        ("u1", b"u1-2", True),  # over-removal: `-` ends a word
        ("u1", b"u11 xu1 u1_ _u1", False),
        ("u1", "üu1".encode(), False),
        ("u1", b"\xffu1\xfe", True),  # what is no UTF-8 stands between words
        ("u1", b"u\xff1", False),
        ("u1", b"", False),
        ("bob smith", b'::1 - bob smith [broken "', True),
        ("bob smith", b"bob  smith", False),
        ("a.b@c", b"<a.b@c>", True),
        ("a.b@c", b"xa.b@c", False),
        ("@bob", b"xx@bob y", True),
        ("ü€😀", "x ü€😀,".encode(), True),
        ("ü€😀", "xü€😀".encode(), False),
        ("u1", b"x\nu1\n", True),
        ("u1", b"x" * 3_000_000 + b" u1", True),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_name_is_found_in_a_line_as_a_word(spark: SparkSession, name: str, line: bytes, found: bool) -> None:
    frame = spark.createDataFrame([(bytearray(line),)], "line binary")
    marked = erased(spark, name, "someone else").mark_mentions(frame, "is_mention", F.col("line"), where=F.lit(True))
    assert marked.columns == ["line", "is_mention"]
    assert [row.is_mention for row in marked.collect()] == [found]


def test_where_the_condition_does_not_hold_nothing_is_looked_for(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(bytearray(b"u1"), False), (bytearray(b"u1"), None)], "line binary, wanted boolean")
    marked = erased(spark, "u1").mark_mentions(frame, "is_mention", F.col("line"), where=F.col("wanted"))
    assert [row.is_mention for row in marked.collect()] == [False, False]


def test_words_overlap(spark: SparkSession) -> None:
    found = spark.range(1).select(words_of(F.lit("a b c"), 3)).first()
    assert found is not None and found[0] == ["a b", " b ", "b c"]


def test_without_erased_users_nothing_is_joined(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("u1", bytearray(b"u1"))], "user_id string, line binary")
    marked = NOBODY.mark_mentions(NOBODY.mark_names(frame), "is_mention", F.col("line"), where=F.lit(True))
    assert [(row.is_erased, row.is_mention) for row in marked.collect()] == [(False, False)]
    assert "Join" not in plan_of(marked)


def test_the_key_and_the_hashes_stand_in_no_plan(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("u1", bytearray(b"u1"))], "user_id string, line binary")
    users = erased(spark, "u1")
    marked = users.mark_mentions(users.mark_names(frame), "is_mention", F.col("line"), where=F.lit(True))
    assert marked.count() == 1
    plan = plan_of(marked)
    secrets = [KEY.secret, *KEY.pads, bytes.fromhex(KEY.hash_of("u1")), b"u1"]
    shown = [form for secret in secrets for form in (secret.hex(), secret.hex().upper(), repr(secret)[2:-1], str(list(secret))[1:-1])]
    shown.remove("u1")
    assert "erased_inner" in plan
    assert [form for form in shown if re.search(re.escape(form), plan)] == []


def plan_of(frame) -> str:
    """Every plan of the query, with its details, as event logs and Spark's pages show them."""
    executed = frame._jdf.queryExecution()
    return f"{executed.toString()} {executed.optimizedPlan().toJSON()} {executed.executedPlan().toJSON()}"


def test_a_form_of_a_name_is_found_in_texts_and_is_no_name(spark: SparkSession) -> None:
    name = "anna\xa0k"
    frame = spark.createDataFrame(
        [(name, f"e.g. [{name!r}]"), ("anna\\xa0k", f"e.g. {name}"), ("x", "anna")], "user_id string, detail string"
    )
    user = as_erased(spark, KEY, Name(name).listed_with(KEY))
    marked = user.mark_mentions(user.mark_names(frame), "is_mention", F.col("detail"), where=F.lit(True))
    assert [(row.is_erased, row.is_mention) for row in marked.collect()] == [(True, True), (False, True), (False, False)]
