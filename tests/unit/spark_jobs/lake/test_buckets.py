"""A bucket that cannot be used is told in words: against moto, and against a service that fails as planned."""

import gzip
import os
from collections.abc import Callable

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.lake.arrow import arrow_folder
from spark_jobs.lake.buckets import bucket_failure
from spark_jobs.lake.entry import run_job
from spark_jobs.lake.errors import InputMissing, JobError, TryAgain
from spark_jobs.lake.paths import exists, write_text_atomic
from tests.failing_s3 import SILENCE, SILENCE_SECONDS, service
from tests.s3 import Bucket

PATIENCE_SECONDS = 60  # a machine that stands still for a moment is no service that is silent


def failure_of(action: Callable[[], object]) -> JobError:
    with pytest.raises(Exception) as failed:
        action()
    found = bucket_failure(failed.value)
    assert found is not None, str(failed.value)[:2000]
    return found


def look(spark: SparkSession, bucket: str, endpoint: str | None = None, patience_seconds: int = PATIENCE_SECONDS) -> JobError:
    """What a job is told that looks into the bucket."""
    ask_twice(spark, bucket, endpoint, patience_seconds)
    return failure_of(lambda: exists(spark, f"s3a://{bucket}/landing/_SUCCESS"))


def ask_twice(spark: SparkSession, bucket: str, endpoint: str | None, patience_seconds: int = PATIENCE_SECONDS) -> None:
    """Not as often as in production."""
    settings = {"attempts.maximum": "1", "retry.limit": "1", "retry.throttle.limit": "1", "retry.throttle.interval": "10ms"}
    settings |= {"connection.timeout": f"{patience_seconds}s", "connection.request.timeout": f"{patience_seconds}s"}
    if endpoint:
        settings["endpoint"] = endpoint
    for name, value in settings.items():
        spark._jsc.hadoopConfiguration().set(f"fs.s3a.bucket.{bucket}.{name}", value)


@pytest.mark.fault(fault="bucket missing", where="any job", promised="a clear failure")
def test_a_missing_bucket(spark: SparkSession, s3: None) -> None:
    failure = look(spark, "no-such-bucket")
    assert isinstance(failure, InputMissing) and "s3a://no-such-bucket: there is no such bucket" in str(failure)


@pytest.mark.fault(fault="wrong credentials", where="any job", promised="a clear failure")
def test_credentials_that_are_refused(spark: SparkSession) -> None:
    with service([403]) as endpoint:
        failure = look(spark, "refusing", endpoint)
    assert isinstance(failure, InputMissing) and "refuses these credentials: check AWS_SHARED_CREDENTIALS_FILE" in str(failure)


@pytest.mark.fault(fault="S3 {fails}", where="any job", promised="retried, then a clear failure")
@pytest.mark.parametrize(
    ("fails", "status", "told"),
    [
        ("answers 503", 503, "overloaded and was asked several times"),
        ("answers 500", 500, "answers with errors of its own"),
        ("cuts off", None, "does not answer"),
        ("is silent", SILENCE, "does not answer"),
    ],
)
def test_a_failing_service_is_asked_again_and_then_told(spark: SparkSession, fails: str, status: int | None, told: str) -> None:
    asked: list[str] = []
    with service([status], asked=asked) as endpoint:
        patience_seconds = SILENCE_SECONDS - 2 if status == SILENCE else PATIENCE_SECONDS
        failure = look(spark, f"failing-{fails.replace(' ', '-')}", endpoint, patience_seconds)
    assert isinstance(failure, TryAgain) and told in str(failure)
    assert len(asked) >= 2


def read(spark: SparkSession, uri: str, name: str = "a.log") -> None:
    spark.read.text(f"{uri}/landing/{name}").collect()


def read_with_arrow(spark: SparkSession, uri: str) -> None:
    files, root = arrow_folder(uri)
    with files.open_input_stream(f"{root}/landing/a.log") as stream:
        stream.read()


def write_a_manifest(spark: SparkSession, uri: str) -> None:
    write_text_atomic(spark, f"{uri}/work/manifest.json", "{}")


def write_rows(spark: SparkSession, uri: str) -> None:
    spark.range(1).write.parquet(f"{uri}/warehouse/a")


@pytest.mark.fault(fault="S3 fails for good", where="reads and writes of Spark, Arrow, manifests", promised="a clear failure")
@pytest.mark.parametrize("status", [500, 503, None])
@pytest.mark.parametrize(("does", "method"), [(read, "GET"), (read_with_arrow, "GET"), (write_a_manifest, "PUT"), (write_rows, "PUT")])
def test_whatever_is_done_when_the_service_begins_to_fail_it_is_told(
    spark: SparkSession, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, does: Callable[..., None], method: str, status: int | None
) -> None:
    bucket.write("landing/a.log", b"a line\n" * 1000)  # of fewer bytes than an answer of an error Arrow does not ask again
    asked: list[str] = []
    with service([status], os.environ["AWS_ENDPOINT_URL"], only=method, asked=asked) as endpoint:
        ask_twice(spark, bucket.name, endpoint)
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        failure = failure_of(lambda: does(spark, bucket.uri("").rstrip("/")))
    assert isinstance(failure, TryAgain) and asked.count(method) >= 2


@pytest.mark.parametrize("name", ["a.log.gz", "AccessDenied.log.gz", "SlowDown InternalError.gz"])
def test_a_landed_file_that_is_broken_is_told_from_its_bucket(spark: SparkSession, bucket: Bucket, name: str) -> None:
    bucket.write(f"landing/{name}", gzip.compress(b"a line\n" * 1000)[:-9])
    with pytest.raises(Py4JJavaError) as failed:
        read(spark, bucket.uri("").rstrip("/"), name)
    assert unreadable_file(failed.value) == bucket.uri(f"landing/{name}") and bucket_failure(failed.value) is None


@pytest.mark.fault(fault="S3 fails for good", where="between listing and reading a landed file", promised="a clear failure")
@pytest.mark.parametrize("status", [500, 503, None])
def test_a_bucket_that_fails_while_a_file_is_read_is_told_from_a_broken_file(
    spark: SparkSession, bucket: Bucket, status: int | None
) -> None:
    bucket.write("landing/a.log", b"a line\n" * 1000)
    plan: list[int | None] = []
    with service(plan, os.environ["AWS_ENDPOINT_URL"], only="GET") as endpoint:
        ask_twice(spark, bucket.name, endpoint)
        listed = spark.read.text(bucket.uri("landing/a.log"))
        plan.append(status)
        with pytest.raises(Py4JJavaError, match="FAILED_READ_FILE") as failed:
            listed.collect()
    assert unreadable_file(failed.value) is None and isinstance(bucket_failure(failed.value), TryAgain)


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        ("ACCESS_DENIED", InputMissing, "refuses these credentials"),
        ("INVALID_ACCESS_KEY_ID", InputMissing, "refuses these credentials"),
        ("SIGNATURE_DOES_NOT_MATCH", InputMissing, "refuses these credentials"),
        ("INVALID_SIGNATURE", InputMissing, "refuses these credentials"),
        ("UNRECOGNIZED_CLIENT", InputMissing, "refuses these credentials"),
        ("NO_SUCH_BUCKET", InputMissing, "no such bucket"),
        ("SLOW_DOWN", TryAgain, "overloaded"),
        ("SERVICE_UNAVAILABLE", TryAgain, "overloaded"),
        ("THROTTLING", TryAgain, "overloaded"),
        ("INTERNAL_FAILURE", TryAgain, "errors of its own"),
        ("NETWORK_CONNECTION", TryAgain, "does not answer"),
        ("REQUEST_TIMEOUT", TryAgain, "does not answer"),
    ],
)
def test_each_of_arrows_words_is_known(words: str, kind: type[JobError], told: str) -> None:
    """One and the same answer, a 503 that names SlowDown, it has called SLOW_DOWN and, on a busy machine, SERVICE_UNAVAILABLE."""
    failure = bucket_failure(OSError(f"AWS Error {words} during GetObject operation: "))
    assert isinstance(failure, kind) and told in str(failure) and words in str(failure)


@pytest.mark.fault(fault="S3 answers 500, 503, cuts off", where="then answers", promised="retried; nobody notices")
def test_passing_failures_are_not_noticed(spark: SparkSession, bucket: Bucket) -> None:
    bucket.write("landing/_SUCCESS", b"")
    with service([500, None, 503], os.environ["AWS_ENDPOINT_URL"]) as endpoint:
        spark._jsc.hadoopConfiguration().set(f"fs.s3a.bucket.{bucket.name}.endpoint", endpoint)
        assert exists(spark, bucket.uri("landing/_SUCCESS"))


@pytest.mark.fault(fault="S3 is not there", where="any job", promised="a clear failure")
def test_a_service_that_is_not_there(spark: SparkSession) -> None:
    failure = look(spark, "absent", "http://127.0.0.1:9")
    assert isinstance(failure, TryAgain) and "does not answer: check AWS_ENDPOINT_URL" in str(failure)


def test_an_error_that_is_no_buckets_stays_as_it_is(bucket: Bucket) -> None:
    assert bucket_failure(ValueError("403 rows are Forbidden")) is None
    assert bucket_failure(RuntimeError(f"{bucket.uri('x')}: a parser failed")) is None


def test_a_job_ends_with_the_code_and_the_words_below_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def main(argv: object) -> None:
        raise RuntimeError("UnknownStoreException: `s3a://lake/': bucket does not exist")

    with pytest.raises(SystemExit) as exited:
        run_job(main)
    lines = capsys.readouterr().err.splitlines()
    assert exited.value.code == 66
    assert lines[0].startswith("Traceback") and lines[-1].startswith("InputMissing: s3a://lake: there is no such bucket")
