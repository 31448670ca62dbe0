"""The iteration: level after level until no edges are left, each durable, so that a killed job goes on where it was."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession

from spark_jobs.identities.contract import (
    EDGES_SCHEMA,
    REPRESENTATIVES_SCHEMA,
    assignments,
    compose,
    next_edges,
    representatives,
)
from spark_jobs.identities.manifest import Level, load_levels, save_levels
from spark_jobs.identities.placement import place
from spark_jobs.lake.paths import join

Report = Callable[[Level, bool], None]


@dataclass(frozen=True)
class Work:
    """Where an input's levels lie and how they are made.

    uri: the work folder of this input alone.
    input_key: identifies the input; equal keys mean equal edges.
    finish_edges: at most so many edges are finished in one task.
    partitions: tasks of the first level; later levels have fewer, in proportion to their edges.
    """

    uri: str
    input_key: str
    finish_edges: int
    partitions: int


def find_components(spark: SparkSession, edges: DataFrame, work: Work, report: Report) -> DataFrame:
    """The component of every node of the graph.

    Grain:  one row per node.
    Input:  low string, high string, neither NULL; evaluated only if no earlier try has stored it.
    Output: node string, component string: the component's smallest node by UTF-8 bytes.
    report: called with each level and whether an earlier try had finished it.
    """
    levels = load_levels(spark, work.uri, work.input_key)
    for level in levels:
        report(level, True)
    while not levels or levels[-1].edges_out > 0:
        levels = [*levels, _run_level(spark, edges, work, levels)]
        save_levels(spark, work.uri, work.input_key, levels)
        report(levels[-1], False)
    found = [assignments(_read_representatives(spark, work, level.folder)) for level in levels[1:]]
    return compose(found) if found else spark.createDataFrame([], "node string, component string")


def tasks_of_next(levels: Sequence[Level], finish_edges: int, partitions: int) -> int:
    """How many tasks reduce the edges that the last of `levels` left.

    One, if they are few enough or if the last level did not shrink them; otherwise as many as keep a task's share of
    edges what it was on the first level.
    """
    last = levels[-1]
    stalled = last.number > 0 and last.edges_out >= last.edges_in
    if stalled or last.edges_out <= finish_edges:
        return 1
    return math.ceil(partitions * last.edges_out / levels[0].edges_out)


def _run_level(spark: SparkSession, edges: DataFrame, work: Work, levels: Sequence[Level]) -> Level:
    number, started = len(levels), time.monotonic()
    folder = f"level-{number:03}-{uuid4().hex}"
    if not levels:
        edges.write.parquet(_edges_uri(work, folder))
        count = _read_edges(spark, work, folder).count()
        return Level(number, folder, 0, count, count, 0, _seconds_since(started))
    last = levels[-1]
    tasks = tasks_of_next(levels, work.finish_edges, work.partitions)
    # Read back from disk, never from the plan: coalescing to one task would pull the level before into that task too.
    placed = place(_read_edges(spark, work, last.folder), number, tasks, last.edges_out)
    representatives(placed, tasks).write.parquet(_representatives_uri(work, folder))
    found = _read_representatives(spark, work, folder)
    next_edges(found).write.parquet(_edges_uri(work, folder))
    edges_out = _read_edges(spark, work, folder).count()
    return Level(number, folder, tasks, last.edges_out, edges_out, found.count(), _seconds_since(started))


def _seconds_since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _edges_uri(work: Work, folder: str) -> str:
    return join(work.uri, folder, "edges")


def _representatives_uri(work: Work, folder: str) -> str:
    return join(work.uri, folder, "representatives")


def _read_edges(spark: SparkSession, work: Work, folder: str) -> DataFrame:
    return spark.read.schema(EDGES_SCHEMA).parquet(_edges_uri(work, folder))


def _read_representatives(spark: SparkSession, work: Work, folder: str) -> DataFrame:
    return spark.read.schema(REPRESENTATIVES_SCHEMA).parquet(_representatives_uri(work, folder))
