"""The iteration: right whatever the shape and the partitioning, and durable level by level."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.identities.levels import Work, find_components, tasks_of_next
from spark_jobs.identities.manifest import Level, load_levels
from spark_jobs.lake.errors import DataFailed
from tests.unit.spark_jobs.identities.graphs import (
    UNICODE,
    clique,
    edges_frame,
    oracle,
    path,
    power_law,
    side_by_side,
    small_components,
    sparse,
    star_of_ips,
)

KEY = "input"
SHAPES = {
    "path, numbered along it": path(1500, seed=None),
    "path, numbered at random": path(1500, seed=4),
    "star": star_of_ips(300),
    "clique": clique(25, 25),
    "small components": small_components(300),
    "unicode": UNICODE,
    **{f"sparse {seed}": sparse(seed) for seed in range(1, 6)},
    "power law": power_law(1),
    "repeated edges": sparse(6) * 2,
}


def work_in(folder: Path, finish_edges: int = 0, partitions: int = 16) -> Work:
    return Work(folder.as_uri(), KEY, finish_edges, partitions)


def ignore(level: Level, resumed: bool) -> None:
    pass


def components_of(frame: DataFrame) -> dict[str, str]:
    found = [(row.node, row.component) for row in frame.collect()]
    assert len(found) == len(dict(found))
    return dict(found)


def test_contraction_to_the_end_finds_the_components_of_every_shape(spark: SparkSession, tmp_path: Path) -> None:
    levels: list[Level] = []
    edges = side_by_side(SHAPES)
    frame = find_components(spark, edges_frame(spark, edges), work_in(tmp_path), lambda level, _: levels.append(level))
    assert components_of(frame) == oracle(edges)
    assert [level.number for level in levels] == list(range(len(levels)))
    assert all(a.edges_out == b.edges_in for a, b in itertools.pairwise(levels))
    assert sum(level.tasks > 1 for level in levels) >= 2 and levels[-1].edges_out == 0


def test_an_ascending_path_shrinks_by_every_level(spark: SparkSession, tmp_path: Path) -> None:
    levels: list[Level] = []
    edges = edges_frame(spark, path(3000, seed=None))
    work = work_in(tmp_path, partitions=6)
    find_components(spark, edges, work, lambda level, _: levels.append(level))
    assert all(level.edges_out < 0.75 * level.edges_in for level in levels[1:])
    assert sum(level.tasks > 1 for level in levels) >= 3


def test_a_graph_without_edges(spark: SparkSession, tmp_path: Path) -> None:
    levels: list[Level] = []
    frame = find_components(spark, edges_frame(spark, []), work_in(tmp_path), lambda level, _: levels.append(level))
    assert frame.columns == ["node", "component"] and frame.collect() == []
    assert [(level.number, level.edges_out) for level in levels] == [(0, 0)]


@pytest.mark.parametrize(("partitions", "finish_edges"), [(1, 0), (2, 0), (7, 50), (7, 10**6)])
def test_neither_partitions_nor_the_finish_change_the_result(
    spark: SparkSession, tmp_path: Path, partitions: int, finish_edges: int
) -> None:
    work = work_in(tmp_path, finish_edges, partitions)
    frame = find_components(spark, edges_frame(spark, sparse(9)), work, ignore)
    assert components_of(frame) == oracle(sparse(9))


class Killed(Exception):
    pass


def kill_after(number: int) -> Callable[[Level, bool], None]:
    def report(level: Level, resumed: bool) -> None:
        if level.number == number:
            raise Killed

    return report


def stored(folder: Path) -> dict[str, int]:
    """Every file of data below the work folder and when it was written."""
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("part-*")}


def test_a_killed_job_goes_on_after_its_last_level(spark: SparkSession, tmp_path: Path) -> None:
    edges, work = path(2000, seed=7), work_in(tmp_path, partitions=4)
    with pytest.raises(Killed):
        find_components(spark, edges_frame(spark, edges), work, kill_after(1))
    before, chain = stored(tmp_path), load_levels(spark, work.uri, KEY)
    reports: list[tuple[int, bool]] = []
    # The second try gets an input that fails when it is evaluated: it must come from the stored level 0.
    broken = edges_frame(spark, edges).selectExpr("raise_error('evaluated again') AS low", "high")
    frame = find_components(spark, broken, work, lambda level, resumed: reports.append((level.number, resumed)))
    assert components_of(frame) == oracle(edges)
    assert reports[:2] == [(0, True), (1, True)]
    assert len(reports) > 3 and not any(resumed for _, resumed in reports[2:])
    assert before.items() <= stored(tmp_path).items()
    assert load_levels(spark, work.uri, KEY)[:2] == chain
    assert len(list(tmp_path.glob("level-001-*"))) == 1


def test_a_try_without_a_manifest_is_ignored(spark: SparkSession, tmp_path: Path) -> None:
    edges, work = sparse(4), work_in(tmp_path, partitions=3)
    with pytest.raises(Killed):
        find_components(spark, edges_frame(spark, edges), work, kill_after(1))
    # Another driver wrote a whole level 2 of wrong data but died before its manifest.
    wrong = edges_frame(spark, [("0wrong", "1wrong")])
    wrong.write.parquet((tmp_path / "level-002-foreign" / "edges").as_uri())
    (tmp_path / "level-003-foreign").mkdir()
    frame = find_components(spark, edges_frame(spark, edges), work, ignore)
    assert components_of(frame) == oracle(edges)


def test_two_drivers_at_once_never_mix_their_levels(spark: SparkSession, tmp_path: Path) -> None:
    edges = path(1500, seed=3)
    started_inside = False

    def start_another_after_level_one(level: Level, resumed: bool) -> None:
        # A second driver with other tasks, hence other representatives, starts afresh and stops after its own level 1,
        # whose manifest replaces the first driver's; the first one then goes on from its own level.
        nonlocal started_inside
        if level.number == 1 and not started_inside:
            started_inside = True
            for manifest in tmp_path.glob("manifest-*"):
                manifest.unlink()
            with pytest.raises(Killed):
                find_components(spark, edges_frame(spark, edges), work_in(tmp_path, partitions=3), kill_after(1))

    first = find_components(spark, edges_frame(spark, edges), work_in(tmp_path, partitions=4), start_another_after_level_one)
    assert components_of(first) == oracle(edges)
    assert len(list(tmp_path.glob("level-001-*"))) == 2
    third = find_components(spark, edges_frame(spark, edges), work_in(tmp_path, partitions=4), ignore)
    assert components_of(third) == oracle(edges)


def test_a_finished_graph_is_read_and_not_computed_again(spark: SparkSession, tmp_path: Path) -> None:
    edges, work = sparse(8), work_in(tmp_path, finish_edges=10**6)
    find_components(spark, edges_frame(spark, edges), work, ignore)
    before = stored(tmp_path)
    frame = find_components(spark, edges_frame(spark, edges), work, ignore)
    assert components_of(frame) == oracle(edges)
    assert stored(tmp_path) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"input": "input"}', '{"input": "input", "levels": [{}]}'])
def test_a_damaged_manifest_is_named(spark: SparkSession, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest-000.json").write_text(text)
    with pytest.raises(DataFailed, match=r"manifest-000\.json is no manifest"):
        load_levels(spark, tmp_path.as_uri(), KEY)


def test_the_manifest_of_another_input_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    find_components(spark, edges_frame(spark, UNICODE), work_in(tmp_path), ignore)
    with pytest.raises(DataFailed, match="belongs to input 'input', not 'other'"):
        load_levels(spark, tmp_path.as_uri(), "other")


def level(number: int, edges_in: int, edges_out: int) -> Level:
    return Level(number, "folder", 1, edges_in, edges_out, 0, 0.0)


@pytest.mark.parametrize(
    ("levels", "finish_edges", "tasks"),
    [
        ([level(0, 1000, 1000)], 0, 16),  # the first level: all partitions
        ([level(0, 1000, 1000)], 1000, 1),  # few enough at once
        ([level(0, 1000, 1000)], 999, 16),
        ([level(0, 1000, 1000), level(1, 1000, 500)], 0, 8),  # half the edges, half the tasks
        ([level(0, 1000, 1000), level(1, 1000, 501)], 0, 9),
        ([level(0, 1000, 1000), level(1, 1000, 1000)], 0, 1),  # no longer shrinks
        ([level(0, 1000, 1000), level(1, 1000, 20)], 0, 1),  # fits in one task of the first level's size
    ],
)
def test_tasks_of_the_next_level(levels: list[Level], finish_edges: int, tasks: int) -> None:
    assert tasks_of_next(levels, finish_edges, partitions=16) == tasks
