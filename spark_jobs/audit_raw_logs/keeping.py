"""What the audit keeps while it runs: copies of RDDs, and checkpoints."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from pyspark import RDD, StorageLevel
from pyspark.sql import SparkSession

from spark_jobs.lake.paths import hadoop_path, join

# Two copies, on two executors: what is read many times must not send a lost executor's share back to the files.
TWO_COPIES = StorageLevel.MEMORY_AND_DISK_2
T = TypeVar("T")


@contextmanager
def kept(rdd: RDD[T], level: StorageLevel) -> Iterator[RDD[T]]:
    """Keep an RDD from its first use to the end of the block."""
    rdd.persist(level)
    try:
        yield rdd
    finally:
        rdd.unpersist()


@contextmanager
def checkpoints(spark: SparkSession, work_uri: str) -> Iterator[str]:
    """A checkpoint folder of this job alone, below `work_uri`/checkpoints, for the length of the block; Spark itself never removes one."""
    sc = spark.sparkContext
    sc.setCheckpointDir(join(work_uri, "checkpoints"))
    own = sc.getCheckpointDir()
    assert own is not None
    try:
        yield own
    finally:
        fs, path = hadoop_path(spark, own)
        fs.delete(path, True)
