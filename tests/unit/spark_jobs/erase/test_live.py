"""What an erasure does with the stream's state, which nobody can search."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.erase.begin import this_user
from spark_jobs.erase.live import begin_anew, require_landed
from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.listed import NOBODY
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.stream_requests.schema import ALL as LIVE
from spark_jobs.stream_requests.schema import USER_TOTALS
from tests.live import DAY, Live, line


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


def test_lines_that_would_not_come_back_are_not_dropped_unasked(spark: SparkSession, tmp_path: Path) -> None:
    live, key = Live(spark, tmp_path), Key(b"0" * 32)
    landing = live.places["landing_uri"]
    users = {name: this_user(spark, key, Name(name)) for name in ("u1", "somebody")}
    require_landed(spark, landing, users["u1"])  # there are no live tables
    for name in ("a.log", "b.log"):
        live.landing.requests(DAY, name, [line(1, "u1"), line(2, f"{name}-reader")])
    live.landing.complete(DAY)
    live.stream()
    require_landed(spark, landing, users["u1"])
    (live.landing.folder("requests", DAY) / "b.log").unlink()
    require_landed(spark, landing, users["somebody"])
    with pytest.raises(
        InputMissing, match=r"where 1 of the 2 sources of their lines are not:\n  requests/dt=2015-05-17/b\.log\n.*LIVE=drop"
    ):
        require_landed(spark, landing, users["u1"])
