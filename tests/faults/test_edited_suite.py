"""A suite is edited between stage and gate: the rules of the file are asked as it is then, and the verdicts name its hash."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.ingest.schema import REQUESTS
from spark_jobs.lake.errors import DataFailed
from tests.faults.days import land
from tests.faults.promises import published
from tests.faults.reader import Reader
from tests.integration.chain import SUITES, Chain

DAY = date(2063, 1, 1)


@pytest.mark.fault(fault="suite edited", where="between stage and gate", promised="asked as it is then; the verdict names its hash")
def test_a_suite_that_was_edited_is_named_by_its_hash(spark: SparkSession, lake_home: Path, tmp_path: Path) -> None:
    chain, reader = Chain(spark, tmp_path), Reader(lake_home, tmp_path / "work")
    land(chain.landing, DAY)
    branch = chain.stage("ingest", DAY)
    edited = tmp_path / "suites"
    shutil.copytree(SUITES, edited)
    suite = edited / f"{REQUESTS.view}.json"
    document = json.loads(suite.read_text())
    rule = {"unexpected_rows_query": "SELECT user_id FROM {batch}"}
    document["expectations"].append(
        {
            "type": "unexpected_rows_expectation",
            "kwargs": rule,
            "severity": "critical",
            "meta": {"name": "no_row_at_all"},
            "description": "-",
        }
    )
    suite.write_text(json.dumps(document))

    with pytest.raises(DataFailed, match="no_row_at_all"):
        chain.gate("ingest", DAY, branch, suites=edited)
    assert not any(published(reader, DAY).values())
    chain.gate("ingest", DAY, branch)

    asked = [row for row in reader.rows("ops.gate_results") if row["branch"] == branch and row["table_name"] == REQUESTS.name]
    by_hash = {row["suite_sha256"]: row["expectation"] for row in asked if not row["passed"]}
    assert by_hash == {hashlib.sha256(suite.read_bytes()).hexdigest(): "no_row_at_all"}
    original = hashlib.sha256((SUITES / suite.name).read_bytes()).hexdigest()
    assert {row["suite_sha256"] for row in asked} == {*by_hash, original}
