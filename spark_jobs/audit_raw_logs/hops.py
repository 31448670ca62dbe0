"""How near each user and address is to blocked traffic: hops along the pairs of users and the addresses that they used."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyspark import RDD, StorageLevel

USER, ADDRESS = "user", "ip"
Node = tuple[str, str]  # (USER or ADDRESS, name): a user may be called like an address


class Reach(NamedTuple):
    """hops: the fewest found so far from a node with blocked traffic, 0 for such a node, None where none is within reach."""

    neighbours: tuple[Node, ...]
    hops: int | None


def hops_from_blocked(
    pairs: RDD[tuple[str, str]], blocked: RDD[Node], max_hops: int, checkpoint_every: int, partitions: int
) -> RDD[tuple[Node, int]]:
    """The fewest hops, at most max_hops, from a blocked node.

    Grain: one (node, hops) a node within reach; nodes of `blocked` have 0. pairs: distinct (user_id, ip). The result does not depend on the
    partitioning. The caller unpersists it.

    Each hop hangs a join and a shuffle on the lineage. Spark walks a lineage by recursion when it serializes tasks, so hundreds of hops
    overflow the stack, and what is lost is computed from the first hop on. Hence a checkpoint every `checkpoint_every` hops: the state is
    written to the checkpoint folder, which the caller has set, and its lineage starts there. A walk that has reached nothing new since the
    checkpoint before ends.
    """
    links = pairs.flatMap(_both_ways).union(blocked.map(lambda node: (node, None)))
    nobody: frozenset[Node] = frozenset()
    neighbours = links.aggregateByKey(nobody, lambda seen, node: seen if node is None else seen | {node}, lambda a, b: a | b, partitions)
    zero_hops = blocked.map(lambda node: (node, 0)).distinct(partitions)
    state: RDD[tuple[Node, Reach]] = neighbours.leftOuterJoin(zero_hops, partitions).mapValues(lambda v: Reach(tuple(sorted(v[0])), v[1]))
    kept, reached_before = [_kept(state)], -1
    for hop in range(1, max_hops + 1):
        offers = state.flatMap(_offers).reduceByKey(min, partitions)
        state = state.leftOuterJoin(offers, partitions).mapValues(_nearer)
        kept.append(_kept(state))
        if hop % checkpoint_every == 0:
            reached = _cut_lineage(state, hop)
            _drop(kept[:-1])
            kept = kept[-1:]
            if reached == reached_before:
                break
            reached_before = reached
    within_reach = _kept(state.filter(lambda node: node[1].hops is not None).mapValues(lambda reach: reach.hops))
    within_reach.count()
    _drop(kept)
    return within_reach


def _kept(state: RDD) -> RDD:
    # Each hop reads the state twice, for the offers and for the join; a node keeps the fewest hops, so a lost block may be computed again.
    return state.persist(StorageLevel.MEMORY_AND_DISK)


def _drop(states: Iterable[RDD]) -> None:
    for state in states:
        state.unpersist()


def _cut_lineage(state: RDD[tuple[Node, Reach]], hop: int) -> int:
    """Write the state to the checkpoint folder; how many nodes are within reach."""
    before = lineage_depth(state)
    state.checkpoint()
    reached = state.filter(lambda node: node[1].hops is not None).count()
    print(f"hop {hop}: {reached} nodes within reach, lineage of {before} RDDs cut to {lineage_depth(state)}", flush=True)
    return reached


def lineage_depth(rdd: RDD) -> int:
    """The RDDs that toDebugString shows, one a line, leaving out what it says of their storage."""
    told = (rdd.toDebugString() or b"").decode()
    return sum("CachedPartitions" not in line for line in told.splitlines())


def _both_ways(pair: tuple[str, str]) -> Iterator[tuple[Node, Node]]:
    user, address = (USER, pair[0]), (ADDRESS, pair[1])
    yield user, address
    yield address, user


def _offers(node: tuple[Node, Reach]) -> Iterator[tuple[Node, int]]:
    reach = node[1]
    if reach.hops is not None:
        yield from ((neighbour, reach.hops + 1) for neighbour in reach.neighbours)


def _nearer(state: tuple[Reach, int | None]) -> Reach:
    reach, offer = state
    if offer is None or (reach.hops is not None and reach.hops <= offer):
        return reach
    return reach._replace(hops=offer)
