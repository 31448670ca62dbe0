"""The stage and publish protocol on a real Iceberg table."""

from datetime import date
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from spark_jobs.lake import publishing
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import Published, check_bases, check_inputs, check_published, publish_day
from spark_jobs.lake.reading import current_snapshot, day_expression, published_snapshot, read_day
from spark_jobs.lake.table import Table
from tests.unit.spark_jobs.lake.conftest import SCHEMA, Lake

ONE, TWO = date(2026, 11, 1), date(2026, 11, 2)


def test_staged_rows_are_seen_by_no_reader_of_main(lake: Lake, spark: SparkSession):
    staged = lake.stage(ONE, 1, 2).tables[lake.table.name]
    assert lake.main() == []
    assert staged is not None
    assert {row.n for row in read_day(spark, lake.table, ONE, staged).collect()} == {1, 2}


def test_days_are_published_in_any_order(lake: Lake):
    one, two = lake.stage(ONE, 1), lake.stage(TWO, 2)
    assert lake.publish(two) is Published.NOW
    assert lake.publish(one) is Published.NOW
    assert lake.main() == [(ONE, 1), (TWO, 2)]


def test_publishing_again_changes_nothing(lake: Lake, spark: SparkSession):
    two = lake.stage(TWO, 9)
    one = lake.stage(ONE, 1)
    lake.publish(two)
    lake.publish(one)
    before = current_snapshot(spark, lake.table)
    assert lake.publish(one) is Published.ALREADY
    assert current_snapshot(spark, lake.table) == before


def test_a_second_staging_of_a_day_replaces_it_whole(lake: Lake):
    lake.publish(lake.stage(ONE, 1, 2))
    lake.publish(lake.stage(ONE, 3))
    assert lake.main() == [(ONE, 3)]


@pytest.mark.fault(fault="two runs of a day", where="publish", promised="the second is refused")
def test_of_two_runs_of_a_day_the_second_is_refused_and_the_first_stays(lake: Lake):
    first, second = lake.stage(ONE, 1), lake.stage(ONE, 2)
    lake.publish(first)
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(second)
    assert lake.main() == [(ONE, 1)]


def test_an_empty_day_is_staged_as_none_and_empties_main(lake: Lake):
    lake.publish(lake.stage(ONE, 1))
    lake.publish(lake.stage(TWO, 2))
    empty = lake.stage(ONE)
    assert empty.tables == {lake.table.name: None}
    assert lake.publish(empty) is Published.EMPTIED
    assert lake.main() == [(TWO, 2)]


def test_an_empty_day_staged_before_another_run_published_the_day_is_refused(lake: Lake):
    empty = lake.stage(ONE)
    lake.publish(lake.stage(ONE, 1))
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(empty)
    assert lake.main() == [(ONE, 1)]


@pytest.mark.fault(fault="rows come in", where="publish of an empty day", promised="refused; the rows stay")
def test_rows_that_come_in_between_the_last_look_and_the_emptying_stay(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    lake.publish(lake.stage(ONE, 1))
    empty, other = lake.stage(ONE), lake.stage(ONE, 5)

    def publish_other_first(*arguments: Any) -> Any:
        monkeypatch.undo()
        lake.publish(other)
        return day_expression(*arguments)

    monkeypatch.setattr(publishing, "day_expression", publish_other_first)
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(empty)
    assert lake.main() == [(ONE, 5)]


def test_rows_that_come_in_while_the_emptying_looks_stay(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    lake.publish(lake.stage(ONE, 1))
    empty, other = lake.stage(ONE), lake.stage(ONE, 5)

    def publish_other_then(*arguments: Any) -> int:
        monkeypatch.undo()
        seen = published_snapshot(*arguments)
        lake.publish(other)
        return seen

    monkeypatch.setattr(publishing, "published_snapshot", publish_other_then)
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(empty)
    assert lake.main() == [(ONE, 5)]


@pytest.mark.fault(fault="gate outlives its task", where="between two tables", promised="it publishes nothing more")
def test_a_run_that_stood_still_between_two_tables_does_not_go_on_into_the_day_of_another(lake: Lake, spark: SparkSession):
    """The other one has an empty day in the second table, over an empty one: it commits nothing there that would be in the way."""
    second = Table(f"{lake.table.name}_second", SCHEMA, ("n",))
    mine = lake.stage_tables(ONE, {lake.table: (1,), second: (1,)})
    lake.publish(mine)
    other = lake.stage_tables(ONE, {lake.table: (2,), second: ()})
    lake.publish(other)
    assert publish_day(spark, second, other, after=[lake.table]) is Published.EMPTIED
    with pytest.raises(DataFailed, match="published anew since this run's gate"):
        publish_day(spark, second, mine, after=[lake.table])
    assert spark.table(second.identifier).collect() == []
    assert lake.main() == [(ONE, 2)]


def test_a_publish_that_has_lost_a_race_looks_again_before_its_next_try(lake: Lake, spark: SparkSession, monkeypatch: pytest.MonkeyPatch):
    second = Table(f"{lake.table.name}_second", SCHEMA, ("n",))
    mine = lake.stage_tables(ONE, {lake.table: (1,), second: (1,)})
    lake.publish(mine)
    other = lake.stage_tables(ONE, {lake.table: (2,), second: ()})

    def lose(*_: Any) -> Published:
        monkeypatch.undo()
        lake.publish(other)
        raise PySparkException("CommitFailedException")

    monkeypatch.setattr(publishing, "_pick", lose)
    with pytest.raises(DataFailed, match="published anew since this run's gate"):
        publish_day(spark, second, mine, after=[lake.table])
    assert spark.table(second.identifier).collect() == []


def test_a_day_that_another_run_has_emptied_meanwhile_is_not_filled_again(lake: Lake):
    lake.publish(lake.stage(ONE, 1))
    mine, empty = lake.stage(ONE, 2), lake.stage(ONE)
    lake.publish(empty)
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(mine)
    assert lake.main() == []


def test_a_day_that_was_filled_and_emptied_meanwhile_is_anothers_too(lake: Lake):
    mine = lake.stage(ONE, 1)
    lake.publish(lake.stage(ONE, 2))
    lake.publish(lake.stage(ONE))
    with pytest.raises(DataFailed, match="published by another run"):
        lake.publish(mine)
    assert lake.main() == []


def test_before_the_first_publish_every_table_must_be_as_it_was_at_staging(lake: Lake, spark: SparkSession):
    mine, empty = lake.stage(ONE, 1), lake.stage(ONE)
    lake.publish(lake.stage(TWO, 2))
    check_bases(spark, [lake.table], mine)  # another day does not matter
    other = lake.stage(ONE, 3)
    lake.publish(other)
    for manifest in (mine, empty):
        with pytest.raises(DataFailed, match="published by another run"):
            check_bases(spark, [lake.table], manifest)
    check_bases(spark, [lake.table], other)  # its own publish is no other run's: a gate that was killed goes on


def test_a_report_is_refused_where_another_run_has_published_since(lake: Lake, spark: SparkSession):
    mine = lake.stage(ONE, 1)
    lake.publish(mine)
    check_published(spark, lake.table, mine, published_snapshot(spark, lake.table))
    empty = lake.stage(ONE)
    lake.publish(empty)
    now = published_snapshot(spark, lake.table)
    check_published(spark, lake.table, empty, now)
    with pytest.raises(DataFailed, match="published anew since this run's gate"):
        check_published(spark, lake.table, mine, now)


def test_emptying_again_changes_nothing(lake: Lake, spark: SparkSession):
    lake.publish(lake.stage(ONE, 1))
    empty = lake.stage(ONE)
    lake.publish(empty)
    before = current_snapshot(spark, lake.table)
    assert lake.publish(empty) is Published.EMPTIED
    assert current_snapshot(spark, lake.table) == before


@pytest.mark.fault(fault="input published anew", where="publish", promised="refused")
def test_an_input_published_anew_since_the_stage_read_it_is_refused(lake: Lake, spark: SparkSession):
    lake.publish(lake.stage(ONE, 1))
    read = published_snapshot(spark, lake.table)
    manifest = Manifest("test", ONE, "run", "b", tables={}, bases={}, inputs={lake.table.name: read})
    lake.publish(lake.stage(TWO, 2))
    check_inputs(spark, [lake.table], manifest)  # another day does not matter
    lake.publish(lake.stage(ONE, 1))
    with pytest.raises(DataFailed, match="published anew after stage test had read it"):
        check_inputs(spark, [lake.table], manifest)
