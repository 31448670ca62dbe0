"""What the gates have said of a user goes, and nothing of what they say meanwhile."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_jobs.erase import records
from spark_jobs.erase.begin import this_user
from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import Key
from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.staging import append

DAY = date(2065, 1, 1)


def say(spark: SparkSession, detail: str) -> None:
    said = (DAY, "ingest", "r", "b", datetime(2065, 1, 2, tzinfo=UTC), "raw.users", "x", "warning", False, 1, detail, "0")
    append(spark, GATE_RESULTS, spark.createDataFrame([said], GATE_RESULTS.schema))


def said(spark: SparkSession) -> list[str]:
    rows = spark.table(GATE_RESULTS.identifier).where(f"day = DATE '{DAY}'").select("detail").collect()
    return sorted(row.detail for row in rows)


def test_verdicts_that_a_gate_records_meanwhile_stay(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    user, real = this_user(spark, Key(b"0" * 32), Name("erika")), records.retry_passing
    say(spark, "e.g. [{'user_id': 'erika'}]")
    say(spark, "nobody")

    def late(what: str, action: Callable[[], Any]) -> Any:
        say(spark, "said meanwhile")
        return real(what, action)

    with monkeypatch.context() as patched, pytest.raises(TryAgain, match="a gate has recorded its verdicts meanwhile"):
        patched.setattr(records, "retry_passing", late)
        records.blank_gate_results(spark, user)
    assert said(spark) == ["e.g. [{'user_id': 'erika'}]", "nobody", "said meanwhile"]
    assert records.blank_gate_results(spark, user) == 1
    assert said(spark) == sorted([records.BLANKED, "nobody", "said meanwhile"])
