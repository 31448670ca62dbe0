"""The whole chain with landing, tables, work and reports in a bucket."""

import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.integration.chain import bucket_report, csvs
from tests.integration.test_chain_against_the_oracle import sample
from tests.landing import Landing
from tests.oracle import oracle
from tests.s3 import Bucket

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 3)


def start(bucket: Bucket, home: Path) -> subprocess.Popen[bytes]:
    """Run the day in a process of its own, as a session has one warehouse; its output is for `output`."""
    command = [sys.executable, "-m", "tests.integration.s3_chain", bucket.uri(""), str(home), str(DAY)]
    with home.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def output(home: Path) -> str:
    return home.with_suffix(".log").read_text()


def wait_for(bucket: Bucket, folder: str, part: str, process: subprocess.Popen[bytes], home: Path) -> None:
    """Until an object whose name has the part is in the folder."""
    while not any(part in name for name in bucket.names(folder)):
        assert process.poll() is None, output(home)[-3000:]
        time.sleep(1)


def test_a_day_in_a_bucket_survives_a_kill_and_keeps_out_bad_data(bucket: Bucket, tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    sample(landing, DAY, 1, "--requests", "1500", "--users", "200")
    bucket.upload(landing, "landing")

    killed = start(bucket, home)
    wait_for(bucket, "work/branches", "_enrich/manifest.json", killed, home)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert bucket.names("reports") == []

    assert start(bucket, home).wait(900) == 0, output(home)[-3000:]
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) == oracle.compute(landing, DAY).csv
    assert bucket.names("warehouse/core/activity/data") and bucket.names("work/branches")
    assert {path.name.partition("-")[0] for path in home.iterdir()} == {"catalog.db"}  # nothing else is kept on the disk

    before = {name: bucket.read(f"reports/{name}") for name in bucket.names("reports")}
    bad = Landing(tmp_path / "bad").requests(DAY, "bad.log", ["no request"] * 200)
    bucket.write(f"landing/requests/dt={DAY}/bad.log", bad.read_bytes())
    assert start(bucket, home).wait(900) != 0
    assert "quarantined_share_is_bearable" in output(home), output(home)[-3000:]
    assert {name: bucket.read(f"reports/{name}") for name in bucket.names("reports")} == before

    # The former release is what main still has: taking the bad file away gives the same tables again.
    bucket.files.rm_file(f"{bucket.name}/landing/requests/dt={DAY}/bad.log")
    assert start(bucket, home).wait(900) == 0, output(home)[-3000:]
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) == oracle.compute(landing, DAY).csv
