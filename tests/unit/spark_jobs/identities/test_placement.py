"""Where edges go: evenly, whole, and so that the graph shrinks."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.identities.placement import heavy_nodes, place, random_end
from tests.unit.spark_jobs.identities.graphs import edges_frame, path, power_law, sparse

# The star's center has 800 of 1000 edges, and neither end's name decides: it is the smaller one in half of them.
STAR = [("c", f"d{leaf}") for leaf in range(400)] + [(f"a{leaf}", "c") for leaf in range(400)]
STAR_AND_MORE = STAR + [(f"a{leaf}", f"d{leaf}") for leaf in range(200)]


def sizes(placed: DataFrame) -> list[int]:
    return [row["count"] for row in placed.groupBy(F.spark_partition_id()).count().collect()]


def rows(frame: DataFrame) -> list[tuple[str, str]]:
    return sorted((row.low, row.high) for row in frame.collect())


def test_every_edge_is_placed_once(spark: SparkSession) -> None:
    edges = edges_frame(spark, sparse(1))
    for level, tasks in [(1, 4), (2, 4), (2, 1)]:
        placed = place(edges, level, tasks, 420)
        assert rows(placed) == rows(edges)
        assert len(sizes(placed)) == tasks


def test_on_the_first_level_an_address_is_in_one_partition(spark: SparkSession) -> None:
    placed = place(edges_frame(spark, power_law(1)), 1, 8, 600)
    partitions = placed.select("high", F.spark_partition_id().alias("partition")).distinct()
    assert partitions.count() == partitions.select("high").distinct().count()
    assert partitions.select("partition").distinct().count() > 1


def test_a_star_is_spread(spark: SparkSession) -> None:
    edges = edges_frame(spark, STAR_AND_MORE)
    assert heavy_nodes(edges, 1000 / 8) == ["c"]
    assert heavy_nodes(edges, 800) == []
    placed = sizes(place(edges, 2, 8, 1000))
    assert sum(placed) == 1000 and max(placed) < 2 * 1000 / 8


def test_edges_between_heavy_ends_are_placed(spark: SparkSession) -> None:
    edges = edges_frame(spark, [("a", "b"), ("a", "c"), ("b", "c")] * 2)
    assert sorted(heavy_nodes(edges, 6 / 4)) == ["a", "b", "c"]
    assert rows(place(edges, 2, 4, 6)) == rows(edges)


def test_a_path_falls_apart_into_groups_of_neighbours_others_on_each_level(spark: SparkSession) -> None:
    edges = edges_frame(spark, path(2000, seed=None))
    groups = edges.select(random_end(2, []).alias("second"), random_end(3, []).alias("third")).collect()
    # Of two neighbours on a path one in three shares the end that is smaller than both others.
    assert 0.63 * 2000 < len({row.second for row in groups}) < 0.71 * 2000
    assert 0.63 * 2000 < len({row.third for row in groups}) < 0.71 * 2000
    assert all(row.second != row.third for row in groups)
