"""What stage ingest reads, by Spark's own input metrics."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.integration.chain import Chain
from tests.landing import fix

DAY = date(2022, 1, 1)
LINES, LATER_LINES = 40_000, 20_000


@pytest.mark.parametrize("is_corrected", [False, True])
def test_each_file_of_the_day_is_read_once(spark: SparkSession, tmp_path: Path, is_corrected: bool):
    chain = Chain(spark, tmp_path)
    for offset, lines in ((0, LINES), (1, LATER_LINES)):
        day = DAY + timedelta(days=offset)
        line = f'192.0.2.1 - u%05d [{day:%d/%b/%Y}:10:00:00 +0000] "GET /a.html HTTP/1.1" 200 12345 "-" "agent"'
        chain.landing.requests(day, "a.log", [*(line % (n % 100) for n in range(lines - 1)), "bad"])
        if is_corrected:
            chain.landing.corrections(day, "requests", "a.jsonl", [fix("bad", f"{DAY}T10:00:00Z u1 192.0.2.1 /a.html")])
        chain.landing.complete(day)
    before = max(stages(spark), default=-1)
    chain.stage("ingest", DAY)
    records_read = sum(records for stage, records in stages(spark).items() if stage > before)
    # The day's file and the later landing's, each once. What is read again from the kept copy counts by the batch of 10,000 rows.
    assert LINES + LATER_LINES <= records_read < 1.01 * (LINES + LATER_LINES)


def stages(spark: SparkSession) -> dict[int, int]:
    """The session's newest stages by their number, with the `Input Records` of each."""
    no_quantiles = spark.sparkContext._gateway.new_array(spark._jvm.double, 0)  # type: ignore[union-attr]
    iterator = spark._jsc.sc().statusStore().stageList(None, False, False, no_quantiles, None).iterator()
    found = {}
    while iterator.hasNext():
        stage = iterator.next()
        found[int(stage.stageId())] = int(stage.inputRecords())
    return found
