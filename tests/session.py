"""Settings of the tests' shared Spark session."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession


@contextmanager
def restored(spark: SparkSession, names: Iterable[str]) -> Iterator[None]:
    """Put the session's settings back afterwards: a job of its own process would take them with it."""
    before = {name: str(spark.conf.get(name)) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
