"""A bucket that cannot be used is told in words: against moto, and against a service that fails as planned."""

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.buckets import bucket_failure
from spark_jobs.lake.entry import run_job
from spark_jobs.lake.errors import InputMissing, JobError, TryAgain
from spark_jobs.lake.paths import exists
from tests.s3 import Bucket


class Service(BaseHTTPRequestHandler):
    """Fails as planned, request by request: a status, or None for a cut. Then it forwards to `behind`; or goes on failing as at last."""

    plan: ClassVar[list[int | None]]
    behind: ClassVar[str | None] = None

    def answer(self) -> None:
        if self.behind and not self.plan:
            self.forward()
            return
        status = self.plan.pop(0) if self.behind or len(self.plan) > 1 else self.plan[0]
        if status is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
            self.close_connection = True
            self.connection.close()
            return
        code = {403: "InvalidAccessKeyId", 500: "InternalError", 503: "SlowDown"}[status]
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.reply(status, body, {"Content-Length": str(len(body)), "Content-Type": "application/xml"})

    def forward(self) -> None:
        behind = HTTPConnection(urlsplit(str(self.behind)).netloc)
        behind.request(self.command, self.path, headers=dict(self.headers))
        response = behind.getresponse()
        self.reply(response.status, response.read(), dict(response.getheaders()))

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - the library looks for these names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service(plan: list[int | None], behind: str | None = None) -> Iterator[str]:
    """Its URI. Moto checks no credentials and is never overloaded."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Planned", (Service,), {"plan": plan, "behind": behind}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def failure_of(action: Callable[[], object]) -> JobError:
    with pytest.raises(Exception) as failed:
        action()
    found = bucket_failure(failed.value)
    assert found is not None, str(failed.value)[:2000]
    return found


def look(spark: SparkSession, bucket: str, endpoint: str | None = None) -> JobError:
    """What a job is told that looks into the bucket; it is asked twice, not as often as in production."""
    settings = {"attempts.maximum": "1", "retry.limit": "1", "retry.throttle.limit": "1", "retry.throttle.interval": "10ms"}
    if endpoint:
        settings["endpoint"] = endpoint
    for name, value in settings.items():
        spark._jsc.hadoopConfiguration().set(f"fs.s3a.bucket.{bucket}.{name}", value)
    return failure_of(lambda: exists(spark, f"s3a://{bucket}/landing/_SUCCESS"))


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
    ],
)
def test_a_failing_service_is_asked_again_and_then_told(spark: SparkSession, fails: str, status: int | None, told: str) -> None:
    with service([status]) as endpoint:
        failure = look(spark, f"failing-{status}", endpoint)
    assert isinstance(failure, TryAgain) and told in str(failure)


@pytest.mark.fault(fault="S3 answers 500, 503, cuts off", where="then answers", promised="retried; nobody notices")
def test_passing_failures_are_not_noticed(spark: SparkSession, bucket: Bucket) -> None:
    bucket.write("landing/_SUCCESS", b"")
    with service([500, None, 503], os.environ["AWS_ENDPOINT_URL"]) as endpoint:
        spark._jsc.hadoopConfiguration().set(f"fs.s3a.bucket.{bucket.name}.endpoint", endpoint)
        assert exists(spark, bucket.uri("landing/_SUCCESS"))


@pytest.mark.fault(fault="S3 does not answer", where="any job", promised="retried, then a clear failure")
def test_a_service_that_does_not_answer(spark: SparkSession) -> None:
    failure = look(spark, "silent", "http://127.0.0.1:9")
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
