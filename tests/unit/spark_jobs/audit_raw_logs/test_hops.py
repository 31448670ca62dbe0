"""The walk from blocked traffic against a breadth-first search in plain Python; its lineage stays short."""

import random
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from include.settings import PROJECT
from spark_jobs.audit_raw_logs.hops import ADDRESS, USER, Node, hops_from_blocked
from spark_jobs.audit_raw_logs.iterate import iterate, lineage_depth
from spark_jobs.audit_raw_logs.keeping import checkpoints
from tests.waiting import HANG_SECONDS


@pytest.fixture(autouse=True)
def checkpoint_folder(spark: SparkSession, tmp_path: Path) -> Iterator[str]:
    with checkpoints(spark, tmp_path.as_uri()) as own:
        yield own


def breadth_first(pairs: Iterable[tuple[str, str]], blocked: Iterable[Node], max_hops: int) -> dict[Node, int]:
    neighbours: dict[Node, set[Node]] = {}
    for user, ip in pairs:
        neighbours.setdefault((USER, user), set()).add((ADDRESS, ip))
        neighbours.setdefault((ADDRESS, ip), set()).add((USER, user))
    hops = dict.fromkeys(blocked, 0)
    ahead = deque(hops)
    while ahead:
        node = ahead.popleft()
        for neighbour in neighbours.get(node, set()) - set(hops) if hops[node] < max_hops else ():
            hops[neighbour] = hops[node] + 1
            ahead.append(neighbour)
    return hops


@pytest.mark.parametrize(("max_hops", "every", "partitions"), [(0, 1, 1), (4, 2, 2)])
def test_the_hops_are_those_of_a_breadth_first_search(spark: SparkSession, max_hops: int, every: int, partitions: int) -> None:
    dice = random.Random(7)
    # A sparse graph, in which names of users and addresses may be equal; blocked nodes that nothing links are among them.
    pairs = sorted({(f"n{dice.randrange(40)}", f"n{dice.randrange(40)}") for _ in range(45)})
    blocked = [(USER, "n1"), (ADDRESS, "n5"), (ADDRESS, "alone")]
    sc = spark.sparkContext
    found = hops_from_blocked(sc.parallelize(pairs, 2), sc.parallelize(blocked, 2), max_hops, every, partitions)
    assert dict(found.collect()) == breadth_first(pairs, blocked, max_hops)


def test_a_walk_that_reaches_nothing_new_ends(spark: SparkSession, capsys: pytest.CaptureFixture[str]) -> None:
    sc, pairs = spark.sparkContext, [("a", "1"), ("b", "1"), ("b", "2")]
    found = hops_from_blocked(sc.parallelize(pairs, 1), sc.parallelize([(USER, "a")], 1), 1_000, 3, 1)
    assert dict(found.collect()) == {(USER, "a"): 0, (ADDRESS, "1"): 1, (USER, "b"): 2, (ADDRESS, "2"): 3}
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["step 3", "step 6"]


def test_a_thousand_steps_overflow_no_stack(spark: SparkSession, capsys: pytest.CaptureFixture[str]) -> None:
    """A union at every step, the lineage that overflows first; done by the JVM alone, so that the test is quick."""
    sc = spark.sparkContext
    one_more = sc.parallelize([1], 1)
    grown = iterate(one_more, lambda state: state.union(one_more).coalesce(1), 1_000, 50, lambda state: state.count())
    assert grown.count() == 1_001
    told = capsys.readouterr().out.splitlines()
    assert told[-1].startswith("step 1000: progress 1001, ") and len(told) == 20
    depths = [[int(number) for number in re.findall(r"of ([0-9]+) RDDs cut to ([0-9]+)", line)[0]] for line in told]
    # A stretch is as long as the one before it, and what a cut leaves is as little.
    assert depths[1:] == depths[1:2] * 19
    before, after = depths[1]
    assert before >= 100 and after <= 2
    assert lineage_depth(grown) == after


WITHOUT_CHECKPOINTS = """
from pyspark.sql import SparkSession
from spark_jobs.audit_raw_logs.iterate import iterate
sc = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate().sparkContext
one_more = sc.parallelize([1], 1)
print(iterate(one_more, lambda state: state.union(one_more).coalesce(1), 1_000, 1_001, lambda state: state.count()).count())
"""


@pytest.mark.slow
def test_without_checkpoints_they_would() -> None:
    """In a process of its own, as the overflow ends its Spark context."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_CHECKPOINTS], cwd=PROJECT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 1 and "java.lang.StackOverflowError" in done.stderr
