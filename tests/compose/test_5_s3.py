"""The profile `s3`: landing, tables, work and reports in buckets, with credentials from a secret file alone."""

from collections.abc import Iterator

import pytest

from tests.compose.conftest import BACKFILL_DAYS
from tests.compose.stack import DAG_ID, Stack
from tests.faults.promises import equal_to_the_oracle
from tests.integration.chain import bucket_report
from tests.s3 import Bucket, bucket_server

pytestmark = pytest.mark.docker
DAY = BACKFILL_DAYS[0]


@pytest.fixture(scope="module")
def reachable_bucket(stack: Stack) -> Iterator[tuple[Bucket, str]]:
    """A bucket of a server on the address that the host has among the containers, and the server's URI."""
    with pytest.MonkeyPatch.context() as patch, bucket_server(stack.gateway()) as uri:
        patch.setenv("AWS_ENDPOINT_URL", uri)
        yield Bucket.make("stack"), uri


@pytest.fixture(scope="module")
def stack_on_s3(stack: Stack, reachable_bucket: tuple[Bucket, str]) -> Stack:
    bucket, endpoint = reachable_bucket
    bucket.upload(stack.home / "landing", "landing")
    stack.environment |= {"COMPOSE_PROFILES": "s3", "AWS_ENDPOINT_URL": endpoint}
    stack.environment |= {f"MILLRACE_{name.upper()}_URI": bucket.uri(name) for name in ("landing", "warehouse", "work", "reports")}
    return stack


def test_up_ends_where_a_bucket_is_missing_and_goes_on_when_it_is_there(stack_on_s3: Stack) -> None:
    up = stack_on_s3.make("up", MILLRACE_WAREHOUSE_URI="s3a://no-such-bucket/warehouse")
    assert up.returncode == 1
    assert "warehouse s3a://no-such-bucket/warehouse" in up.stderr and "Remedy: check AWS_ENDPOINT_URL" in up.stderr
    up = stack_on_s3.make("up")
    assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"


@pytest.mark.slow
def test_a_day_in_buckets_ends_in_the_oracles_tables(stack_on_s3: Stack, reachable_bucket: tuple[Bucket, str]) -> None:
    stack, (bucket, _) = stack_on_s3, reachable_bucket
    # The catalog is of the tables on the disk: these are others.
    stack.lake_sql("DROP OWNED BY lake CASCADE")
    up = stack.make("up")
    assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
    stack.login()
    stack.unpause()
    created = ["airflow", "backfill", "create", "--dag-id", DAG_ID, "--from-date", str(DAY), "--to-date", str(DAY)]
    stack.execute("scheduler", *created, "--reprocess-behavior", "completed")
    (run_id,) = [run_id for run_id, run in stack.runs().items() if (run["data_interval_start"] or "").startswith(str(DAY))]
    stack.wait_for_run(run_id)
    assert {uri.partition(":")[0] for uri in stack.metadata_locations().values()} == {"s3a"}
    assert bucket.names("warehouse") and bucket.names("work")
    equal_to_the_oracle(stack.home / "landing", DAY, bucket_report(bucket.uri("reports"), DAY))
