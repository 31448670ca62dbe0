"""Which task reduces which edges: it decides how fast the graph shrinks and how even the tasks are, not the result."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def place(edges: DataFrame, level: int, tasks: int, edges_in: int) -> DataFrame:
    """Distribute a level's edges (low string, high string) over `tasks` partitions.

    Level 1: by address. An address has few edges, since hubs are cut, so the partitions are even, and every address
    meets all its users in one task: it is settled at once.

    Later: each edge goes where one of its ends goes, the one whose hash, salted with the level, is smaller. That is a
    random end whatever the names are, so that even a path loses a third of its edges; by the larger end, say, a path
    whose names ascend would lose next to none. An end with more than a task's share of the edges attracts none, or half
    of a star would lie in one task; the other ends spread the star, and each task still joins its part of it.
    """
    if tasks == 1:
        return edges.coalesce(1)
    if level == 1:
        return edges.repartition(tasks, "high")
    return edges.repartition(tasks, random_end(level, heavy_nodes(edges, edges_in / tasks)))


def heavy_nodes(edges: DataFrame, share: float) -> list[str]:
    """The nodes with more than `share` edges; there are fewer than twice as many as such shares in the graph."""
    ends = edges.select(F.explode(F.array("low", "high")).alias("node"))
    heavy = ends.groupBy("node").count().where(F.col("count") > share)
    return [row["node"] for row in heavy.select("node").collect()]


def random_end(level: int, heavy: list[str]) -> Column:
    """A hash of the end that an edge goes with (see `place`), which is none of `heavy` if it can be helped."""

    def hash_of(end: str) -> Column:
        return F.xxhash64(F.lit(level), end)

    def unless_heavy(end: str) -> Column:
        return F.when(~F.col(end).isin(heavy), hash_of(end))

    # least() passes over NULL; between two heavy ends either will do.
    return F.coalesce(F.least(unless_heavy("low"), unless_heavy("high")), hash_of("low"))
