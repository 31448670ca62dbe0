"""A batch that is run again after a crash finds what it has written already, at every point where it may have been cut off."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.lake.errors import InputMissing
from spark_jobs.stream_requests import intake, once, schema
from spark_jobs.stream_requests.once import Batch, append_once, ensure_live_table, merge_once, newest_batch
from tests.live import Live

DAY = date(2015, 5, 17)


def totals(spark: SparkSession, *rows: tuple[str, int]) -> DataFrame:
    return spark.createDataFrame([(DAY, DAY, user, requests) for user, requests in rows], schema.USER_TOTALS.schema)


@pytest.fixture
def live(live: Live, spark: SparkSession) -> Live:
    for table in schema.ALL:
        ensure_live_table(spark, table)
    return live


def test_a_batch_is_appended_once_and_another_querys_batch_of_that_number_too(live: Live, spark: SparkSession) -> None:
    for batch in (Batch("a-x", 7), Batch("a-x", 7), Batch("b", 7), Batch("a-x", 8), Batch("b", 7)):
        append_once(spark, schema.USER_TOTALS, totals(spark, (f"{batch.query_id}{batch.batch_id}", 1)), batch)
    assert sorted(row.user_id for row in live.rows(schema.USER_TOTALS)) == ["a-x7", "a-x8", "b7"]
    assert [newest_batch(spark, schema.USER_TOTALS, query) for query in ("a-x", "b", "c")] == [8, 7, None]


def test_a_batch_is_merged_once(live: Live, spark: SparkSession) -> None:
    for number, rows in ((0, [("u1", 1), ("u2", 5)]), (1, [("u1", 4), ("u3", 2)]), (1, [("u1", 99)])):
        merge_once(spark, schema.USER_TOTALS, totals(spark, *rows), Batch("a", number))
    assert live.totals() == {(DAY, "u1"): 4, (DAY, "u2"): 5, (DAY, "u3"): 2}


@pytest.mark.parametrize("write", [append_once, merge_once])
def test_a_checkpoint_older_than_the_table_is_refused(live: Live, spark: SparkSession, write: Callable[..., None]) -> None:
    for number in range(3):
        write(spark, schema.USER_TOTALS, totals(spark, (f"u{number}", 1)), Batch("a", number))
    with pytest.raises(InputMissing, match=r"query a is at batch 1, live\.user_totals has its batch 2 already"):
        write(spark, schema.USER_TOTALS, totals(spark, ("u1", 1)), Batch("a", 1))


@pytest.mark.fault(fault="two programs", where="stream, one batch", promised="one gets through")
def test_of_two_programs_with_one_batch_one_gets_through(live: Live, spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one publishes between the first one's look and its commit, as an outlived driver might."""
    batch, other = Batch("a", 0), spark.newSession()
    real = once._publish

    def late(session: SparkSession, table: Any, same: Batch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(once, "_publish", real)
            patch.setattr(once, "is_written", lambda *_: False)
            real(other, table, same)
        monkeypatch.setattr(once, "is_written", lambda *_: False)
        real(session, table, same)

    monkeypatch.setattr(once, "_publish", late)
    append_once(spark, schema.USER_TOTALS, totals(spark, ("u1", 1)), batch)
    assert len(live.rows(schema.USER_TOTALS)) == 1


def test_a_batch_whose_program_died_between_staging_and_publishing_is_published(
    live: Live, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(once, "_publish", lambda *_: None)
        append_once(spark, schema.USER_TOTALS, totals(spark, ("u1", 1)), Batch("a", 0))
    assert live.rows(schema.USER_TOTALS) == []
    append_once(spark, schema.USER_TOTALS, totals(spark, ("u1", 1)), Batch("a", 0))
    assert len(live.rows(schema.USER_TOTALS)) == 1


@pytest.mark.fault(fault="answer lost", where="stream, commit", promised="not made again")
def test_a_commit_whose_answer_was_lost_is_found(live: Live, spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = totals(spark, ("u1", 1))
    real = type(frame.writeTo("x")).append

    def append_and_lose_the_answer(writer: Any) -> None:
        real(writer)
        frame.sparkSession.sql("SELECT * FROM lake.live.no_such_table")

    monkeypatch.setattr(type(frame.writeTo("x")), "append", append_and_lose_the_answer)
    append_once(spark, schema.USER_TOTALS, frame, Batch("a", 0))
    assert len(live.rows(schema.USER_TOTALS)) == 1


# The writes of a batch of the intake, in their order.
WRITES = (schema.QUARANTINE, schema.LEDGER, schema.TOP_USERS, schema.REQUESTS)


@pytest.mark.fault(fault="crash", where="stream, after {writes_done} of a batch's tables", promised="the batch is completed once")
# In make test the point before live.requests, which all else leads to; the others are its like and take their time.
@pytest.mark.parametrize(
    "writes_done", [pytest.param(n, marks=[] if n == 3 else [pytest.mark.slow, pytest.mark.covered]) for n in range(len(WRITES) + 1)]
)
def test_a_batch_cut_off_between_two_tables_is_completed(
    live: Live, spark: SparkSession, writes_done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{DAY}T10:00:{n:02}Z u{n % 3} 10.0.0.1 /p" for n in range(30)]
    live.landing.requests(DAY, "a.log", [*lines, "bad"])
    live.landing.requests(DAY, "same.log", [*lines, "bad"])
    written: list[str] = []

    def cut_off(write: Callable[..., None]) -> Callable[..., None]:
        def write_or_crash(session: SparkSession, table: Any, frame: DataFrame, batch: Batch) -> None:
            if len(written) == writes_done:
                raise RuntimeError("cut off")
            write(session, table, frame, batch)
            written.append(table.name)

        return write_or_crash

    with monkeypatch.context() as patch:
        patch.setattr(intake, "append_once", cut_off(once.append_once))
        if writes_done < len(WRITES):
            with pytest.raises(Exception, match="cut off"):
                live.stream()
            assert written == [table.name for table in WRITES[:writes_done]]
        else:
            live.stream()
    live.stream()
    assert live.totals() == {(DAY, f"u{n}"): 10 for n in range(3)}
    assert [len(live.rows(table)) for table in WRITES] == [1, 2, 3, 30]
    ledger = {row.source_file.rpartition("/")[2]: (row.accepted, row.quarantined, row.duplicates) for row in live.rows(schema.LEDGER)}
    assert ledger == {"a.log": (30, 1, 0), "same.log": (0, 0, 31)}


@pytest.mark.slow
def test_snapshots_do_not_pile_up_and_no_uncounted_one_is_removed(live: Live, spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spark_jobs.stream_requests.tidying.KEEP_MILLISECONDS", 0)
    monkeypatch.setattr("spark_jobs.stream_requests.tidying.KEEP_LAST", 2)
    for hour in range(4):
        live.landing.requests(DAY, f"{hour}.log", [f"{DAY}T1{hour}:00:00Z u1 10.0.0.1 /p"])
        live.stream()
    assert live.totals() == {(DAY, "u1"): 4}
    for table in schema.ALL:
        snapshots = spark.sql(f"SELECT * FROM {table.identifier}.snapshots").count()
        assert snapshots <= 6, table.name  # for each commit one that was staged, too
