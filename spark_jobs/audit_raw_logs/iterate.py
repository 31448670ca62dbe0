"""A step repeated many times over an RDD, with a lineage that stays short."""

from collections.abc import Callable
from typing import TypeVar

from pyspark import RDD, StorageLevel

T = TypeVar("T")


def iterate(
    state: RDD[T], step: Callable[[RDD[T]], RDD[T]], max_steps: int, checkpoint_every: int, progress: Callable[[RDD[T]], int]
) -> RDD[T]:
    """The state after max_steps steps, or earlier where `progress`, asked at every checkpoint, gives the same number twice in a row.

    Each step hangs more RDDs on the lineage. Spark and Python walk a lineage by recursion, so hundreds of steps overflow the stack,
    and what is lost would be computed from the first step on. Hence a checkpoint every `checkpoint_every` steps: the state goes to the
    checkpoint folder, which the caller has set, and the lineage begins there. Prints how long the lineage was before and after each.
    """
    last_progress = None
    for number in range(1, max_steps + 1):
        state = step(state)
        if number % checkpoint_every == 0:
            made = _cut_lineage(state, number, progress)
            if made == last_progress:
                break
            last_progress = made
    return state


def _cut_lineage(state: RDD[T], number: int, progress: Callable[[RDD[T]], int]) -> int:
    before = lineage_depth(state)
    # A checkpoint is written by a job of its own, which would compute the steps a second time.
    state.persist(StorageLevel.MEMORY_AND_DISK)
    state.checkpoint()
    made = progress(state)
    state.unpersist()
    print(f"step {number}: progress {made}, lineage of {before} RDDs cut to {lineage_depth(state)}", flush=True)
    return made


def lineage_depth(rdd: RDD[T]) -> int:
    """The RDDs that toDebugString shows, one a line, without the lines about their storage."""
    told = (rdd.toDebugString() or b"").decode()
    return sum("CachedPartitions" not in line for line in told.splitlines())
