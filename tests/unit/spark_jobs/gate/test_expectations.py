"""Each expectation of each suite has a bad day that makes exactly it fail; on the good day none does."""

from collections.abc import Iterator

import pytest
from great_expectations.core.batch_definition import BatchDefinition
from pyspark.sql import SparkSession

from include.settings import PROJECT
from spark_jobs.gate.conf import PLANNING
from spark_jobs.gate.schema import BY_NAME
from spark_jobs.gate.suites import load_suite
from spark_jobs.gate.validate import first_pass, open_context
from spark_jobs.gate.views import plan_for_rows
from tests.session import restored
from tests.unit.spark_jobs.gate.mutations import aggregate, enrich, identities, ingest
from tests.unit.spark_jobs.gate.mutations.edits import Mutation, add, breaks, put, swap_last_columns
from tests.unit.spark_jobs.gate.world import NEXT_DAY, ROWS, World, frame_of, good_world

SUITES = PROJECT / "include" / "gx" / "expectations"
OF_EVERY_TABLE = {
    name: {
        "columns_are_as_declared": breaks(swap_last_columns(table.view)),
        "only_the_day_is_staged": breaks(add("staged_changes", {"table_name": name}, day=NEXT_DAY)),
    }
    for name, table in BY_NAME.items()
}
WITH_A_USUAL_VOLUME = ("raw.requests", "raw.users", "raw.profiles", "core.activity", "mart.user_daily")
OF_VOLUME = {name: {"volume_is_usual": breaks(put("volume", {"table_name": name}, rows=1000))} for name in WITH_A_USUAL_VOLUME}
SOURCES = (OF_EVERY_TABLE, OF_VOLUME, ingest.MUTATIONS, enrich.MUTATIONS, aggregate.MUTATIONS, identities.MUTATIONS)
MUTATIONS = {
    (table, expectation): mutation for source in SOURCES for table, of_table in source.items() for expectation, mutation in of_table.items()
}


@pytest.fixture(scope="module")
def world(spark: SparkSession) -> Iterator[World]:
    """The good day, registered as the views that the suites read."""
    with restored(spark, PLANNING):
        plan_for_rows(spark, 0)
        rows = good_world(spark)
        register(spark, rows)
        yield rows
        for view in rows:
            spark.catalog.dropTempView(view)


@pytest.fixture(scope="module")
def whole_frame() -> BatchDefinition:
    source = open_context().data_sources.add_spark("mutations", persist=False)
    return source.add_dataframe_asset("table").add_batch_definition_whole_dataframe("day")


def register(spark: SparkSession, world: World) -> None:
    for view in world:
        frame_of(spark, world, view).createOrReplaceTempView(view)


def failed(spark: SparkSession, whole_frame: BatchDefinition, name: str) -> set[str]:
    """The expectations of the table that do not hold, by the gate's first pass: run_suite's second costs as much and says no more."""
    suite = load_suite(SUITES, BY_NAME[name])
    batch = whole_frame.get_batch({"dataframe": spark.table(suite.table.view)})
    return {name for name, result in first_pass(batch, suite).items() if not result.success}


def test_every_table_has_a_suite_and_no_suite_lacks_a_table() -> None:
    assert {path.name for path in SUITES.iterdir()} == {f"{table.view}.json" for table in BY_NAME.values()}


def test_every_expectation_has_a_mutation() -> None:
    loaded = [load_suite(SUITES, table) for table in BY_NAME.values()]
    named = [(suite.table.name, expectation["meta"]["name"]) for suite in loaded for expectation in suite.expectations]
    assert sorted(named) == sorted(MUTATIONS), "each expectation once, and no mutation without its expectation"


@pytest.mark.parametrize("table", sorted(BY_NAME))
def test_the_good_day_passes(spark: SparkSession, whole_frame: BatchDefinition, world: World, table: str) -> None:
    assert failed(spark, whole_frame, table) == set()


@pytest.mark.parametrize(("table", "expectation"), sorted(MUTATIONS), ids=lambda value: value)
def test_the_bad_day_makes_exactly_it_fail(
    spark: SparkSession, whole_frame: BatchDefinition, world: World, table: str, expectation: str
) -> None:
    mutation = MUTATIONS[table, expectation]
    changed = mutated(spark, mutation)
    try:
        register(spark, changed)
        assert failed(spark, whole_frame, table) == {expectation} | mutation.also
    finally:
        register(spark, {view: world[view] for view in changed})


def mutated(spark: SparkSession, mutation: Mutation) -> World:
    """The views that the mutation changes, changed."""
    good, bad = good_world(spark), good_world(spark)
    for edit in mutation.edits:
        edit(bad)
    return {view: bad[view] for view in ROWS if str(bad[view]) != str(good[view])}
