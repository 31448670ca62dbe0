"""The gate between the stream and the daily chain: silent where both saw the same, red and by name where they did not."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.aggregate.schema import USER_DAILY
from spark_jobs.compare_live import job
from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.reading import published_snapshot
from spark_jobs.lake.staging import append
from spark_jobs.stream_requests import schema
from spark_jobs.stream_requests.once import ensure_live_table
from tests.integration.chain import Chain
from tests.landing import fix
from tests.live import Live

# Each test has a day of its own, since the releases of the session's lake stay.
DAYS = (date(2019, 3, 1) + timedelta(days=7 * number) for number in itertools.count())
STAGES = ("ingest", "enrich", "aggregate")


class Both:
    """The stream and the daily chain over one landing folder."""

    def __init__(self, spark: SparkSession, home: Path) -> None:
        self.spark, self.live, self.chain, self.day = spark, Live(spark, home), Chain(spark, home), next(DAYS)

    def lines(self, number: int, user: Callable[[int], str]) -> list[str]:
        return [f"{self.day}T10:00:{n % 60:02}Z {user(n)} 10.0.0.{n % 5} /p" for n in range(number)]

    def release(self) -> None:
        """Run the day as far as the compared mart, and record a release of it."""
        for stage in STAGES:
            self.chain.publish(self.chain.stage(stage, self.day))
        tables = {table.name: (published_snapshot(self.spark, table), 0) for table in (USER_DAILY, LEDGER, ACTIVITY)}
        row = (self.day, f"{self.day}-x", "tests", datetime.now(UTC), tables)
        append(self.spark, RELEASES, self.spark.createDataFrame([row], RELEASES.schema))

    def compare(self, streamed_at: datetime | None = None) -> None:
        job.main(["--day", str(self.day), "--streamed-at", (streamed_at or datetime.now(UTC)).isoformat(), "--days", "2", "--top", "2"])


@pytest.fixture
def both(spark: SparkSession, tmp_path: Path) -> Both:
    both = Both(spark, tmp_path)
    landing = both.chain.landing
    landing.blocklist(["/secret"])
    landing.requests(both.day, "a.log", [*both.lines(60, lambda n: f"u{n % 7}"), f"{both.day}T01:00:00Z u1 10.0.0.1 /secret", "bad"])
    landing.requests(both.day, "twice.log", [*both.lines(60, lambda n: f"u{n % 7}"), f"{both.day}T01:00:00Z u1 10.0.0.1 /secret", "bad"])
    landing.complete(both.day)
    return both


def test_equal_totals_pass_with_a_blocklist_bad_lines_and_a_file_delivered_twice(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    both.live.stream()
    both.compare()
    assert "it is not closed, nothing to compare" in capsys.readouterr().out
    both.release()
    both.compare()
    assert "are equal, user by user" in capsys.readouterr().out


@pytest.mark.slow
def test_a_late_landing_and_corrections_count_once_the_day_was_run_again(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    both.release()
    after = both.day + timedelta(days=1)
    both.chain.landing.requests(after, "late.log", both.lines(9, lambda n: "late"))
    both.chain.landing.requests(after, "none_is_late.log", [f"{after}T10:00:00Z u1 10.0.0.1 /p"])
    both.live.stream()
    both.compare()  # the landing of the day after was not complete when the day was run
    both.chain.landing.complete(after)
    # The stream knows no corrections. Of the two landed lines `bad` the second file's is a repetition.
    both.chain.landing.corrections(both.day, "requests", "a.jsonl", [fix("bad", f"{both.day}T10:00:00Z mended 10.0.0.1 /p")])
    both.release()
    capsys.readouterr()
    both.compare()
    told = capsys.readouterr().out
    assert f"{both.day}: 1 users have more requests" in told and "no more than its 1 corrected lines explain" in told
    assert ["'mended'", "0", "1"] in [line.split() for line in told.splitlines()]
    assert both.live.totals()[both.day, "late"] == 9


@pytest.mark.slow
def test_a_file_that_came_after_the_release_is_named_with_the_day_to_run(both: Both) -> None:
    both.release()
    both.chain.landing.requests(both.day, "after.log", both.lines(9, lambda n: "u1"))
    both.live.stream()
    with pytest.raises(DataFailed, match=r"after\.log' in live only\n.*run web_activity_daily for") as failed:
        both.compare()
    assert "in daily only\n" not in str(failed.value)
    both.release()
    both.compare()


@pytest.mark.slow
def test_a_file_that_was_never_streamed_is_named(both: Both) -> None:
    both.live.stream()
    both.chain.landing.requests(both.day, "unseen.log", both.lines(9, lambda n: "u1"))
    both.release()
    with pytest.raises(DataFailed, match=r"unseen\.log' in daily only"):
        both.compare()


def test_a_file_that_changed_after_it_was_streamed_is_a_difference_told_by_user(both: Both) -> None:
    both.live.stream()
    path = both.chain.landing.folder("requests", both.day) / "a.log"
    more = [*both.lines(3, lambda n: "new"), *both.lines(5, lambda n: "u2"), *both.lines(1, lambda n: "u0")]
    path.write_text(path.read_text() + "\n".join(more) + "\n")
    both.release()
    with pytest.raises(DataFailed) as failed:
        both.compare()
    told = str(failed.value)
    # twice.log is no repetition any more, so that each user of it counts again.
    assert told.startswith(f"8 users of {both.day} differ between live.user_totals and mart.user_daily")
    assert [line.split() for line in told.splitlines()[1:4]] == [["user", "live", "daily"], ["'u2'", "9", "23"], ["'u0'", "9", "19"]]


def test_what_was_released_after_the_stream_began_waits_for_the_next_run(
    both: Both, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    for table in schema.ALL:
        ensure_live_table(spark, table)
    streamed_at = datetime.now(UTC)
    both.release()
    both.compare(streamed_at)
    assert "it is not closed, nothing to compare" in capsys.readouterr().out
    with pytest.raises(DataFailed, match=r"a\.log' in daily only"):  # nothing was streamed
        both.compare()
