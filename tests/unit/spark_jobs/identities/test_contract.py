"""One level against scipy on the whole graph."""

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from spark_jobs.identities.contract import (
    assignments,
    compose,
    local_representatives,
    merged_representatives,
    next_edges,
    representatives,
)
from tests.unit.spark_jobs.identities.graphs import (
    UNICODE,
    Edge,
    clique,
    edges_frame,
    oracle,
    path,
    power_law,
    small_components,
    sparse,
)

PARTITION = {
    "no edges": [],
    "one edge": [("0a", "1a")],
    "the same edge 300 times": [("0a", "1a")] * 300,  # a count in one byte would overflow to no edge
    "a node linked to itself": [("0a", "0a"), ("0a", "1a")],
    "chain": path(500, seed=1),
    "clique": clique(20, 20),
    "pairs": small_components(50),
    "unicode": UNICODE,
    "sparse": sparse(3),
}


def local(edges: list[Edge], rows_per_batch: int) -> dict[str, str]:
    starts = range(0, len(edges), rows_per_batch)
    chunks = [edges[start : start + rows_per_batch] for start in starts]
    batches = [pa.record_batch({"low": [a for a, _ in c], "high": [b for _, b in c]}) for c in chunks]
    rows = [row for batch in local_representatives(iter(batches)) for row in batch.to_pylist()]
    assert len(rows) == len({row["node"] for row in rows})
    return {row["node"]: row["representative"] for row in rows}


@pytest.mark.parametrize("rows_per_batch", [1, 7, 1000])
@pytest.mark.parametrize("edges", PARTITION.values(), ids=PARTITION.keys())
def test_a_partition_gives_each_node_the_smallest_of_its_local_component(edges: list[Edge], rows_per_batch: int) -> None:
    assert local(edges, rows_per_batch) == oracle(edges)


@pytest.mark.parametrize("rows_per_batch", [1, 100])
def test_a_merge_keeps_the_smallest_and_each_other_once(rows_per_batch: int) -> None:
    rows = [("n", "0\U0001f600"), ("m", "0b"), ("n", "0\uff5e"), ("m", "0b"), ("n", "0\uff5e"), ("n", "0\U0001f601")]
    chunks = [rows[start : start + rows_per_batch] for start in range(0, len(rows), rows_per_batch)]
    batches = [pa.record_batch({"node": [a for a, _ in c], "representative": [b for _, b in c]}) for c in chunks]
    merged = [tuple(row.values()) for batch in merged_representatives(iter(batches)) for row in batch.to_pylist()]
    assert sorted((node, smallest, sorted(distinct, key=str.encode)) for node, smallest, distinct in merged) == [
        ("m", "0b", ["0b"]),
        ("n", "0\uff5e", ["0\uff5e", "0\U0001f600", "0\U0001f601"]),
    ]
    assert list(merged_representatives(iter([]))) == []


@pytest.mark.parametrize("edges", [power_law(5), path(200, seed=None)], ids=["power law", "path"])
def test_a_level_and_the_components_of_the_next_edges_compose_to_the_whole(spark: SparkSession, edges: list[Edge]) -> None:
    found = representatives(edges_frame(spark, edges).repartition(5, "low"), tasks=5)
    following = [(row.low, row.high) for row in next_edges(found).collect()]
    assert following and all(low < high for low, high in following)
    assert len(following) == len(set(following)) < len(set(edges))
    rest = spark.createDataFrame(list(oracle(following).items()), "node string, representative string")
    composed = {row.node: row.component for row in compose([assignments(found), rest]).collect()}
    assert composed == oracle(edges)


def test_one_task_settles_every_node(spark: SparkSession) -> None:
    found = representatives(edges_frame(spark, sparse(1)).coalesce(1), tasks=1)
    assert next_edges(found).count() == 0
    assert {row.node: row.representative for row in assignments(found).collect()} == oracle(sparse(1))


def test_composing_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one level"):
        compose([])
