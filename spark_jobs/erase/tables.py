"""The tables of the lake and in which of their columns a user stands."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.erased_users.schema import ERASED
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.lake.table import Table
from spark_jobs.stream_requests.schema import ALL as LIVE

# What a day's run writes; records, which are only added to; what the stream writes.
AUDITED = tuple(BY_NAME.values())
RECORDS = (GATE_RESULTS, RELEASES, ERASED)
ALL = (*AUDITED, *RECORDS, *LIVE)
# Columns that hold users' names and nothing else, and columns that hold lines of which nobody can tell what a name means in them.
NAMES = ("user_id", "user_ids", "node", "cluster_id")
LINES = ("line", "detail")


def mark_rows(table: Table, frame: DataFrame, user: ErasedUsers) -> DataFrame:
    """Add `is_users`: whether a row is the user's, or a bad line's or a gate's that holds the name."""
    marks: list[Column] = []
    for name in [name for name in (*NAMES, *LINES) if name in table.schema.names]:
        mark = f"in_{name}"
        if name in LINES:
            frame = user.mark_mentions(frame, mark, F.col(name), where=F.lit(True))
        elif isinstance(table.schema[name].dataType, ArrayType):
            frame = user.mark_any_name(frame, mark, column=name)
        else:
            frame = user.mark_names(frame, mark, column=name)
        # A user may be named like an address.
        marks.append(F.col(mark) & (F.col("node_type") == "user") if (table.name, name) == (IDENTITIES.name, "node") else F.col(mark))
    is_users = reduce(Column.__or__, marks) if marks else F.lit(False)
    return frame.withColumn("is_users", F.coalesce(is_users, F.lit(False))).select(*table.schema.names, "is_users")
