"""What went wrong around the lake, in its catalog's database, on its disk or with its machines, in words for people."""

import re

from spark_jobs.lake.errors import InputMissing, JobError, TryAgain

# By what PostgreSQL's driver, SQLite's and the operating system say.
CAUSES: tuple[tuple[str, type[JobError], str], ...] = (
    (
        r"password authentication failed|no password was provided|no pg_hba.conf entry",
        InputMissing,
        "the catalog's database refuses this user: check spark.sql.catalog.lake.jdbc.user and .password in MILLRACE_PROPERTIES_FILE",
    ),
    (
        r"Connection to \S+ refused|The connection attempt failed|the database system is (?:starting up|shutting down)",
        TryAgain,
        "the catalog's database does not answer: check MILLRACE_CATALOG_URI and start it; then run this again",
    ),
    (
        r"An I/O error occurred while sending to the backend|terminating connection due to|This connection has been closed",
        TryAgain,
        "the connection to the catalog's database broke off: run this again; what had been committed is found and not made twice",
    ),
    (
        r"No space left on device|database or disk is full",
        TryAgain,
        "the disk is full: make room; then run this again. `lake_maintenance` frees what dead runs have left; for more it needs a few MiB",
    ),
    (
        r"Invalid (?:update|snapshot) timestamp \d+: before last \D+ \d+",
        TryAgain,
        "this machine's clock is behind the lake's last commit, in milliseconds as told here: set it right, then run this again",
    ),
    (
        r"java\.lang\.OutOfMemoryError: [\w ]+|Command exited with code 52|exit code 137",
        TryAgain,
        "Spark ran out of memory: raise MILLRACE_EXECUTOR_MEMORY on a cluster, else MILLRACE_DRIVER_MEMORY; then run this again",
    ),
    (
        r"RejectedExecutionException: Task org\.apache\.spark\.executor\.\S+ rejected",
        TryAgain,
        "an executor was ending when it was given work, most often as it had run out of memory: its log in the cluster's UI tells; then "
        "raise MILLRACE_EXECUTOR_MEMORY and run this again",
    ),
)


def surroundings_failure(error: Exception) -> JobError | None:
    """The error as a failure with a remedy; None where it is no known one."""
    text = str(error)
    for pattern, kind, remedy in CAUSES:
        said = re.search(pattern, text)
        if said:
            return kind(f"{remedy} ({said[0]})")
    return None
