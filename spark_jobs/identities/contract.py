"""One level of the contraction: a graph of strings becomes a smaller one with the same components.

Every task takes the edges of its partition, finds their connected components with scipy and gives each node the
smallest node of its local component, its representative. A node that got the same one wherever it appeared is settled.
A node that got several links them: these links are the edges of the next level, whose components join the local ones.
The smallest node of a component is its own representative wherever it appears, so it survives all levels, and the
result depends neither on the number of partitions nor on what lies in which.

Nodes stay strings: no hash stands for a name. The order is that of UTF-8 bytes, in Spark as in Arrow. A task holds the
rows of its own partition in memory, nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

EDGES_SCHEMA = "low string, high string"
REPRESENTATIVES_SCHEMA = "node string, representative string, others array<string>"
_LOCAL_SCHEMA = "node string, representative string"
_MERGED_SCHEMA = "node string, representative string, distinct array<string>"
_ROWS_PER_BATCH = 65_536


def representatives(placed: DataFrame, tasks: int) -> DataFrame:
    """All representatives of each node.

    Grain:  one row per node.
    Input:  low string, high string, neither NULL, in `tasks` partitions; rows may repeat, low may equal high.
    Output: node string, representative string (the smallest), others array<string> (the rest, empty where settled; each
            once, fewer than `tasks`, in no order).
    """
    local = placed.mapInArrow(local_representatives, _LOCAL_SCHEMA)
    if tasks == 1:
        return local.select("node", "representative", F.array().cast("array<string>").alias("others"))
    merged = local.repartition(tasks, "node").mapInArrow(merged_representatives, _MERGED_SCHEMA)
    return merged.select("node", "representative", F.array_remove("distinct", F.col("representative")).alias("others"))


def assignments(found: DataFrame) -> DataFrame:
    """The smallest representative of each node: node string, representative string; one row per node."""
    return found.select("node", "representative")


def next_edges(found: DataFrame) -> DataFrame:
    """The links between the representatives of one node: low string, high string, low < high; one row per pair."""
    return found.select(F.col("representative").alias("low"), F.explode("others").alias("high")).distinct()


def compose(levels: Sequence[DataFrame]) -> DataFrame:
    """The component of each node of the first level, from the assignments of all levels, first level first.

    Grain:  one row per node of the first level.
    Output: node string, component string: the smallest node of its component.
    Errors: ValueError without a level.
    """
    if not levels:
        raise ValueError("compose needs the assignments of at least one level")
    *earlier, last = levels
    composed = last.withColumnRenamed("representative", "component")
    for level in reversed(earlier):
        # A representative that nothing links any more is no node of the later levels: it is the component.
        later = composed.withColumnRenamed("node", "representative")
        component = F.coalesce("component", "representative").alias("component")
        composed = level.join(later, "representative", "left").select("node", component)
    return composed


def local_representatives(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Runs in the executors: the edges (low, high) of one partition to (node, representative), one row per node."""
    edges = _table(batches)
    if edges is None:
        return
    ends = pa.chunked_array([*edges["low"].chunks, *edges["high"].chunks]).dictionary_encode().combine_chunks()
    nodes, codes = ends.dictionary, ends.indices.to_numpy()
    component = _components(codes[: edges.num_rows], codes[edges.num_rows :], len(nodes))
    local = pa.table({"node": nodes, "representative": _smallest(nodes, component).take(pa.array(component))})
    yield from local.to_batches(max_chunksize=_ROWS_PER_BATCH)


def merged_representatives(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Runs in the executors: all (node, representative) of a share of the nodes to (node, smallest, all distinct)."""
    local = _table(batches)
    if local is None:
        return
    grouped = local.group_by("node", use_threads=False)
    merged = grouped.aggregate([("representative", "min"), ("representative", "distinct")])
    yield from merged.rename_columns(["node", "representative", "distinct"]).to_batches(max_chunksize=_ROWS_PER_BATCH)


def _table(batches: Iterable[pa.RecordBatch]) -> pa.Table | None:
    """All rows of a partition; None where there are none."""
    filled = [batch for batch in batches if batch.num_rows]
    return pa.Table.from_batches(filled) if filled else None


def _components(low: np.ndarray, high: np.ndarray, nodes: int) -> np.ndarray:
    """The number of each node's component."""
    graph = coo_array((np.ones(len(low)), (low, high)), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels)


def _smallest(nodes: pa.Array, component: np.ndarray) -> pa.Array:
    """The smallest node of each component, by component number."""
    grouped = pa.table({"component": component, "node": nodes}).group_by("component", use_threads=False)
    return grouped.aggregate([("node", "min")]).sort_by("component")["node_min"].combine_chunks()
