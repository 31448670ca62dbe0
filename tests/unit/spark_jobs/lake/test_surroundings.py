"""Failures of the catalog's database, the disk and the machines, by what their drivers have said; tests/faults brings them about."""

import pytest

from spark_jobs.lake.entry import run_job
from spark_jobs.lake.errors import InputMissing, JobError, TryAgain
from spark_jobs.lake.surroundings import surroundings_failure


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        ('FATAL: password authentication failed for user "lake"', InputMissing, "jdbc.user and .password in MILLRACE_PROPERTIES_FILE"),
        ("PSQLException: Connection to 127.0.0.1:5432 refused. Check that", TryAgain, "check MILLRACE_CATALOG_URI and start it"),
        ("FATAL: the database system is starting up", TryAgain, "does not answer"),
        ("PSQLException: An I/O error occurred while sending to the backend.", TryAgain, "broke off"),
        ("java.io.IOException: No space left on device", TryAgain, "make room"),
        ("[SQLITE_FULL] Insertion failed because database is full (database or disk is full)", TryAgain, "make room"),
        ("Invalid update timestamp 1795654206144: before last snapshot log entry at 1795661405680", TryAgain, "set it right"),
        ("Invalid snapshot timestamp 1795654206144: before last updated timestamp 1795661405680", TryAgain, "set it right"),
        ("Caused by: java.lang.OutOfMemoryError: Java heap space", TryAgain, "raise MILLRACE_EXECUTOR_MEMORY"),
        (
            "ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Command exited with code 52",
            TryAgain,
            "memory",
        ),
        (
            "java.util.concurrent.RejectedExecutionException: Task org.apache.spark.executor.Executor$TaskRunner@455d4d00 rejected from "
            "java.util.concurrent.ThreadPoolExecutor@4562163e[Shutting down, pool size = 1]",
            TryAgain,
            "raise MILLRACE_EXECUTOR_MEMORY",
        ),
    ],
)
def test_a_known_failure_tells_what_to_do(said: str, kind: type[JobError], told: str) -> None:
    found = surroundings_failure(RuntimeError(said))
    assert type(found) is kind and told in str(found)


def test_another_failure_is_left_as_it_is() -> None:
    assert surroundings_failure(RuntimeError("Connection reset by peer")) is None


def test_a_job_ends_with_the_code_below_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(argv: object) -> None:
        raise OSError("[Errno 28] No space left on device")

    with pytest.raises(SystemExit) as ended:
        run_job(fail)
    told = capsys.readouterr().err
    assert ended.value.code == 75
    assert told.startswith("Traceback") and told.splitlines()[-1].startswith("TryAgain: the disk is full")
