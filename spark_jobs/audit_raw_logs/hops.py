"""How near each user and address is to blocked traffic: hops along the pairs of users and the addresses that they used."""

from collections.abc import Iterator
from typing import NamedTuple

from pyspark import RDD

from spark_jobs.audit_raw_logs.iterate import iterate

USER, ADDRESS = "user", "ip"
Node = tuple[str, str]  # (USER or ADDRESS, name): a user may be called like an address


class Reach(NamedTuple):
    """hops: the fewest found so far from a node with blocked traffic, 0 for such a node, None where none is within reach."""

    neighbours: tuple[Node, ...]
    hops: int | None


State = RDD[tuple[Node, Reach]]


def hops_from_blocked(
    pairs: RDD[tuple[str, str]], blocked: RDD[Node], max_hops: int, checkpoint_every: int, partitions: int
) -> RDD[tuple[Node, int]]:
    """The fewest hops, at most max_hops, from a blocked node.

    Grain: one (node, hops) a node within reach; nodes of `blocked` have 0. pairs: distinct (user_id, ip). The result does not depend on the
    partitioning. Each hop is one shuffle, and the walk ends where it reaches nothing new.
    """
    nobody: frozenset[Node] = frozenset()
    neighbours = pairs.flatMap(_both_ways).aggregateByKey(nobody, lambda seen, node: seen | {node}, lambda a, b: a | b, partitions)
    linked: State = neighbours.mapValues(lambda nodes: Reach(tuple(sorted(nodes)), None))
    start: State = linked.union(blocked.map(lambda node: (node, Reach((), 0)))).reduceByKey(_nearest, partitions)

    def one_hop(state: State) -> State:
        return state.flatMap(_spread).reduceByKey(_nearest, partitions)

    walked = iterate(start, one_hop, max_hops, checkpoint_every, lambda state: _within_reach(state).count())
    return _within_reach(walked)


def _within_reach(state: State) -> RDD[tuple[Node, int]]:
    return state.flatMap(lambda node: [] if node[1].hops is None else [(node[0], node[1].hops)])


def _both_ways(pair: tuple[str, str]) -> Iterator[tuple[Node, Node]]:
    user, address = (USER, pair[0]), (ADDRESS, pair[1])
    yield user, address
    yield address, user


def _spread(node: tuple[Node, Reach]) -> Iterator[tuple[Node, Reach]]:
    """The node as it is, and what it offers to its neighbours."""
    yield node
    reach = node[1]
    if reach.hops is not None:
        yield from ((neighbour, Reach((), reach.hops + 1)) for neighbour in reach.neighbours)


def _nearest(one: Reach, other: Reach) -> Reach:
    """Of a node and the offers to it only the node itself has neighbours."""
    hops = [reach.hops for reach in (one, other) if reach.hops is not None]
    return Reach(one.neighbours or other.neighbours, min(hops, default=None))
