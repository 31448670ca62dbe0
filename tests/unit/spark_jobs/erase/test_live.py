"""What an erasure does with the stream's state, which nobody can search."""

from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.erase.live import begin_anew
from spark_jobs.erased_users.listed import NOBODY
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.stream_requests.schema import ALL as LIVE
from spark_jobs.stream_requests.schema import USER_TOTALS


def test_state_whose_tables_somebody_has_dropped_goes_too(spark: SparkSession, tmp_path: Path) -> None:
    for table in LIVE:
        spark.sql(f"DROP TABLE IF EXISTS {table.identifier}")
    state, left = tmp_path / "work/stream/totals/state/0/0/1.zip", tmp_path / "warehouse/live/user_totals/data/1.parquet"
    for tables_left in (0, 1):
        for path in (state, left):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        for table in (USER_TOTALS,)[:tables_left]:
            ensure_table(spark, table)
        assert begin_anew(spark, (tmp_path / "warehouse").as_uri(), (tmp_path / "work").as_uri(), NOBODY) == tables_left
        assert not state.exists() and not left.exists()
        assert not any(spark.catalog.tableExists(table.identifier) for table in LIVE)
