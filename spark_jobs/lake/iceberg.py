"""Handles on Iceberg's own Java objects, and the retry that the catalog's optimistic commits need."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from spark_jobs.lake.connections import never_twice
from spark_jobs.lake.errors import DataFailed, TryAgain
from spark_jobs.lake.table import Table

Result = TypeVar("Result")

FORMAT = {"format-version": "2"}
PROPERTIES = {
    "commit.retry.num-retries": "40",
    "write.parquet.compression-codec": "zstd",
    # A stage writes one day: hashing by partition would send all of it to one task.
    "write.distribution-mode": "none",
    # Each commit writes all that is known of the table anew: a hundred of these files, as Iceberg would keep, are more than the tables.
    "write.metadata.previous-versions-max": "20",
    "write.metadata.delete-after-commit.enabled": "true",
}
ATTEMPTS = 30
# Iceberg retries a lost commit itself but not these: the metadata moved while the change was being prepared, or two programs were the first
# to make the catalog's own tables, or a namespace in them.
PASSING = (
    "CommitFailedException",
    "metadata refresh is required",
    "AlreadyExistsException",
    "SQLITE_BUSY",
    "constraint failed: iceberg_namespace_properties",
    'violates unique constraint "iceberg_namespace_properties',
    "table iceberg_tables already exists",
    'relation "iceberg_tables" already exists',
    'violates unique constraint "pg_type_typname_nsp_index"',
    "duplicate column name: iceberg_type",
    'column "iceberg_type" of relation "iceberg_tables" already exists',
)


def load_table(spark: SparkSession, table: Table) -> Any | None:
    """Iceberg's Table as it is now, or None where it does not exist. Whoever commits to a table of the session has loaded one before."""
    jvm, session = spark._jvm, spark._jsparkSession
    if not session.catalog().tableExists(table.identifier):
        return None
    loaded = jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(session, table.identifier)  # type: ignore[union-attr]
    never_twice(loaded)
    return loaded


def each(iterable: Any) -> Iterator[Any]:
    """The items of a Java Iterable that is no collection, which py4j does not iterate itself."""
    iterator = iterable.iterator()
    while iterator.hasNext():
        yield iterator.next()


def ensure_table(spark: SparkSession, table: Table) -> Any:
    """Create the table where it does not exist, with a first commit: a branch of a table without one cannot be published.

    An older lake's table gets the columns that came since. DataFailed: it has other columns than that.
    """

    def create() -> Any:
        loaded = load_table(spark, table)
        if loaded is None:
            spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {table.identifier.rpartition('.')[0]}")
            spark.sql(_create_statement(table))
            loaded = load_table(spark, table)
        if loaded.currentSnapshot() is None:  # type: ignore[union-attr]
            loaded.newFastAppend().commit()  # type: ignore[union-attr]
        return loaded

    loaded = retry_passing(f"create {table.name}", create)
    if _missing_columns(table, loaded):
        retry_passing(f"add columns to {table.name}", lambda: _add_columns(spark, table), lambda: _has_columns(spark, table))
        loaded.refresh()
    return loaded


def ensure_properties(loaded: Any, wanted: Mapping[str, str] = PROPERTIES) -> None:
    """A table of an older lake gets the properties with which one is made today, or others."""

    def commit() -> None:
        loaded.refresh()
        changed = {name: value for name, value in wanted.items() if loaded.properties().get(name) != value}
        if changed:
            update = loaded.updateProperties()
            for name, value in changed.items():
                update = update.set(name, value)
            update.commit()

    retry_passing(f"set properties of {loaded.name()}", commit)


def _missing_columns(table: Table, loaded: Any) -> list[str]:
    """Those of the table's added columns that it has not got yet. DataFailed: it differs in anything else."""
    found = [str(column.name()) for column in each(loaded.schema().columns())]
    missing = table.schema.names[len(found) :]
    if found != table.schema.names[: len(found)] or not set(missing) <= set(table.added):
        raise DataFailed(
            f"{table.name} of this lake has the columns {', '.join(found)}; this version writes {', '.join(table.schema.names)}. "
            "Run the version that has written it, or begin with an empty catalog and run the landed days again."
        )
    return missing


def _add_columns(spark: SparkSession, table: Table) -> bool:
    missing = _missing_columns(table, load_table(spark, table))
    if missing:
        columns = ", ".join(f"`{name}` {table.schema[name].dataType.simpleString()}" for name in missing)
        spark.sql(f"ALTER TABLE {table.identifier} ADD COLUMNS ({columns})")
    return True


def _has_columns(spark: SparkSession, table: Table) -> bool | None:
    """True where another process has added them meanwhile, or our own answer was lost."""
    return None if _missing_columns(table, load_table(spark, table)) else True


def _create_statement(table: Table) -> str:
    columns = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in table.schema.fields)
    properties = ", ".join(f"'{key}'='{value}'" for key, value in (FORMAT | PROPERTIES).items())
    return (
        f"CREATE TABLE IF NOT EXISTS {table.identifier} ({columns}) USING iceberg "
        f"PARTITIONED BY ({table.day_column}) TBLPROPERTIES ({properties})"
    )


def retry_passing(what: str, action: Callable[[], Result], done: Callable[[], Result | None] = lambda: None) -> Result:
    """Run `action` until it does not lose a race, with growing, jittered waits of at most 2 seconds.

    done: asked after every failure, since a commit may have gone through although its answer was lost; what it returns,
        unless None, is the result.
    TryAgain: the races were lost 30 times in a row.
    """
    for attempt in range(ATTEMPTS):
        try:
            return action()
        except (Py4JJavaError, PySparkException) as error:
            result = done()
            if result is not None:
                return result
            if not any(name in str(error) for name in PASSING):
                raise
            time.sleep(random.uniform(0.02, min(2.0, 0.05 * 2**attempt)))
    raise TryAgain(f"{what}: other writers won {ATTEMPTS} times in a row; run it again")
