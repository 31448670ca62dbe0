"""What stage ingest reads, by Hadoop's own count of bytes."""

from datetime import date, timedelta
from pathlib import Path

from pyspark.sql import SparkSession

from tests.integration.chain import Chain

DAY = date(2022, 1, 1)


def test_each_file_of_the_day_is_read_once(spark: SparkSession, tmp_path: Path):
    chain = Chain(spark, tmp_path)
    for offset, lines in ((0, 40_000), (1, 20_000)):
        day = DAY + timedelta(days=offset)
        line = f'192.0.2.1 - u%05d [{day:%d/%b/%Y}:10:00:00 +0000] "GET /a/rather/long/path/to/a/page.html HTTP/1.1" 200 12345 "-" "agent"'
        chain.landing.requests(day, "a.log", [line % (n % 100) for n in range(lines)])
        chain.landing.complete(day)
    landed = sum(path.stat().st_size for path in tmp_path.rglob("*.log"))
    before = bytes_read(spark)
    chain.stage("ingest", DAY)
    # The day's file and the later landing's, each once; what Iceberg reads of its own metadata is little beside them.
    assert landed <= bytes_read(spark) - before < 1.2 * landed


def bytes_read(spark: SparkSession) -> int:
    statistics = spark._jvm.org.apache.hadoop.fs.FileSystem.getAllStatistics()  # type: ignore[union-attr]
    return sum(int(one.getBytesRead()) for one in statistics if one.getScheme() == "file")
