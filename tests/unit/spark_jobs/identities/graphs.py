"""Graphs for the tests of identities, and the oracle: scipy's components of the whole graph at once."""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spark_jobs.identities.contract import EDGES_SCHEMA

Edge = tuple[str, str]


def edges_frame(spark: SparkSession, edges: Sequence[Edge]) -> DataFrame:
    return spark.createDataFrame(list(edges), EDGES_SCHEMA)


def oracle(edges: Iterable[Edge]) -> dict[str, str]:
    """Each node's component, named by its smallest node in the order of UTF-8 bytes."""
    pairs = list(edges)
    nodes = sorted({node for pair in pairs for node in pair}, key=str.encode)
    index = {node: position for position, node in enumerate(nodes)}
    low, high = [index[a] for a, _ in pairs], [index[b] for _, b in pairs]
    graph = coo_array(([True] * len(pairs), (low, high)), shape=(len(nodes), len(nodes)))
    labels = connected_components(graph, directed=False)[1]
    smallest: dict[int, str] = {}
    for node, label in zip(nodes, labels, strict=True):
        smallest.setdefault(label, node)
    return {node: smallest[label] for node, label in zip(nodes, labels, strict=True)}


def path(length: int, seed: int | None) -> list[Edge]:
    """u-ip-u-ip-… of `length` edges; nodes are numbered along the path, or at random with a seed."""
    numbers = list(range(length + 1))
    if seed is not None:
        random.Random(seed).shuffle(numbers)
    nodes = [f"{position % 2}{number:06}" for position, number in enumerate(numbers)]
    return [(min(pair), max(pair)) for pair in itertools.pairwise(nodes)]


def side_by_side(graphs: Mapping[str, Sequence[Edge]]) -> list[Edge]:
    """All graphs as one, in which they share no node."""
    return [(f"{low[0]}{name} {low[1:]}", f"{high[0]}{name} {high[1:]}") for name, edges in graphs.items() for low, high in edges]


def star_of_ips(leaves: int) -> list[Edge]:
    """One user on many addresses, most of which another user of its own shares."""
    return [("0center", f"1{leaf}") for leaf in range(leaves)] + [(f"0u{leaf}", f"1{leaf}") for leaf in range(leaves - 9)]


def clique(users: int, ips: int) -> list[Edge]:
    """Every user on every address."""
    return [(f"0{user}", f"1{ip}") for user in range(users) for ip in range(ips)]


def sparse(seed: int) -> list[Edge]:
    """About as many edges as nodes, where components are largest and most unlike each other."""
    generator = random.Random(seed)
    return [(f"0{generator.randrange(400)}", f"1{generator.randrange(400)}") for _ in range(420)]


def power_law(seed: int) -> list[Edge]:
    """A few nodes hold most edges."""
    generator = random.Random(seed)
    return [(f"0{int(generator.paretovariate(0.8))}", f"1{int(generator.paretovariate(0.8))}") for _ in range(600)]


def small_components(count: int) -> list[Edge]:
    return [(f"0u{number}", f"1ip{number}") for number in range(count)]


UNICODE = [
    # By UTF-8 bytes U+FF5E sorts before U+1F600; by UTF-16 code units, as in Java, after it.
    ("0\uff5e", "1x"),
    ("0\U0001f600", "1x"),
    ("0é", "1y"),
    ("0z", "1y"),
    ("0e\u0301", "1w"),  # the same letter in two code points is another user
]
