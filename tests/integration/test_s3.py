"""The whole chain with landing, tables, work and reports in a bucket."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from include.settings import PROJECT
from tests.integration.chain import bucket_report, csvs
from tests.integration.test_chain_against_the_oracle import sample
from tests.oracle import oracle
from tests.s3 import Bucket

DAY = date(2026, 11, 3)


def test_a_day_in_a_bucket_equals_the_oracle(bucket: Bucket, tmp_path: Path) -> None:
    sample(tmp_path / "landing", DAY, 1, "--requests", "1500", "--users", "200")
    bucket.upload(tmp_path / "landing", "landing")
    # In a process of its own: a session has one warehouse.
    command = [sys.executable, "-m", "tests.integration.s3_chain", bucket.uri(""), str(tmp_path / "home"), str(DAY)]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) == oracle.compute(tmp_path / "landing", DAY).csv
    # Nothing but the catalog and Airflow's own is kept on the disk.
    assert {path.name.partition("-")[0] for path in (tmp_path / "home").iterdir()} <= {"catalog.db"}
    assert bucket.names("warehouse/core/activity/data") and bucket.names("work/branches")
