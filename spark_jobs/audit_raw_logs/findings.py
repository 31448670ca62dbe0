"""What the audit found, as lines of JSON in a folder of their own."""

import json
from collections.abc import Iterable
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark import RDD
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import WrongUsage
from spark_jobs.lake.paths import exists


def finding(kind: str, **values: Any) -> str:
    """One line: the kind first, then the values."""
    return json.dumps({"finding": kind, **values}, ensure_ascii=False)


def check_is_new(spark: SparkSession, findings_uri: str) -> None:
    """WrongUsage: the folder exists already."""
    if exists(spark, findings_uri):
        raise _already_there(findings_uri)


def save(spark: SparkSession, findings_uri: str, bounded: Iterable[str], unbounded: Iterable[RDD[str]]) -> None:
    """Write the lines of the driver first, then those of the RDDs, with saveAsTextFile: a new folder, complete with its _SUCCESS.

    WrongUsage: the folder exists already, though it may not have when the job began.
    """
    sc = spark.sparkContext
    lines = sc.union([sc.parallelize(list(bounded), 1), *(rdd.coalesce(1) for rdd in unbounded)])
    try:
        lines.saveAsTextFile(findings_uri)
    except Py4JJavaError as error:
        if error.java_exception.getClass().getSimpleName() == "FileAlreadyExistsException":
            raise _already_there(findings_uri) from error
        raise


def _already_there(findings_uri: str) -> WrongUsage:
    return WrongUsage(
        f"{findings_uri} exists already and is never overwritten: move it away if it is no longer wanted, or give another --findings-uri"
    )
