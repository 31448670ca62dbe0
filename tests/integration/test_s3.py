"""The whole chain with landing, tables, work and reports in a bucket."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.failing_s3 import service
from tests.integration.chain import bucket_report, csvs
from tests.integration.test_chain_against_the_oracle import sample
from tests.landing import Landing, fix
from tests.oracle import oracle
from tests.s3 import Bucket
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 3)


def start(bucket: Bucket, home: Path, what: str = "run", **variables: str) -> subprocess.Popen[bytes]:
    """Work on the day in a process of its own, as a session has one warehouse; its output is for `output`."""
    command = [sys.executable, "-m", "tests.integration.s3_chain", bucket.uri(""), str(home), str(DAY), what]
    with home.with_suffix(".log").open("wb") as log:
        env = os.environ | variables
        return subprocess.Popen(command, cwd=PROJECT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def output(home: Path) -> str:
    return home.with_suffix(".log").read_text()


def done(bucket: Bucket, home: Path, what: str = "run", **variables: str) -> str:
    """As start, to its good end; its output."""
    assert start(bucket, home, what, **variables).wait(HANG_SECONDS) == 0, output(home)[-3000:]
    return output(home)


def on_the_disk(home: Path) -> set[str]:
    """The files of a home, the catalog's own (catalog.db-journal) as its one."""
    return {path.name.partition("-")[0] for path in home.iterdir()}


@pytest.fixture
def landing(bucket: Bucket, tmp_path: Path) -> Path:
    """A landed day, in the bucket and here."""
    folder = tmp_path / "landing"
    sample(folder, DAY, 1, "--requests", "1500", "--users", "200")
    bucket.upload(folder, "landing")
    return folder


@pytest.mark.fault(fault="S3 answers 500, 503, cuts off", where="each 15th request of a day", promised="retried; the oracle's tables")
@pytest.mark.fault(fault="kill -9", where="everything in a bucket", promised="the oracle's tables")
def test_a_day_in_a_bucket_survives_a_kill_and_a_failing_service(bucket: Bucket, landing: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    killed = start(bucket, home)
    wait_for(lambda: any("_enrich/manifest.json" in name for name in bucket.names("work/branches")), home.with_suffix(".log"), of=killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert bucket.names("reports") == []

    asked: list[str] = []
    with service([500, None, 503], os.environ["AWS_ENDPOINT_URL"], every=15, asked=asked) as endpoint:
        done(bucket, home, AWS_ENDPOINT_URL=endpoint)
    assert len(asked) > 300 and {"GET", "HEAD", "PUT"} <= set(asked)
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) == oracle.compute(landing, DAY).csv
    assert bucket.names("warehouse/core/activity/data") and bucket.names("work/branches")
    assert on_the_disk(home) == {"catalog.db"}


@pytest.mark.covered  # by the tests of stream, audit, gate, corrections and rollback on a disk, and the one above for a day in a bucket
@pytest.mark.fault(fault="red gate", where="everything in a bucket", promised="reports as they were")
def test_a_bucket_holds_stream_and_audit_keeps_out_bad_data_and_goes_back(bucket: Bucket, landing: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done(bucket, home)
    first = bucket_report(bucket.uri("reports"), DAY)

    told = done(bucket, home, "look")
    assert "are equal, user by user" in told and told.count("intake  batch") == 1
    assert any(name.startswith("totals/state/") for name in bucket.names("work/stream"))
    assert "_SUCCESS" in bucket.names("reports/findings") and on_the_disk(home) == {"catalog.db"}

    before = {name: bucket.read(f"reports/{name}") for name in bucket.names("reports")}
    extra = Landing(tmp_path / "extra")
    bad = extra.requests(DAY, "extra.log", ["no request"] * 200)
    bucket.write(f"landing/requests/dt={DAY}/extra.log", bad.read_bytes())
    assert start(bucket, home).wait(HANG_SECONDS) != 0
    assert "quarantined_share_is_bearable" in output(home), output(home)[-3000:]
    assert {name: bucket.read(f"reports/{name}") for name in bucket.names("reports")} == before

    corrected = extra.corrections(DAY, "requests", "a.jsonl", [fix("no request", f"{DAY}T10:00:00Z u1 192.0.2.1 /extra.html")])
    bucket.write(f"landing/_corrections/requests/dt={DAY}/a.jsonl", corrected.read_bytes())
    done(bucket, home)
    assert json.loads(bucket_report(bucket.uri("reports"), DAY)["summary.json"])["datasets"]["requests"]["corrected"] == 200
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) != csvs(first)
    done(bucket, home, json.loads(first["summary.json"])["release"])
    assert csvs(bucket_report(bucket.uri("reports"), DAY)) == csvs(first)
