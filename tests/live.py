"""The stream's job in the tests' own Spark session, with live tables that begin empty."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pyspark.sql import Row, SparkSession

from include.submit import argument_words
from spark_jobs.stream_requests import job, schema
from tests.landing import Landing
from tests.session import restored

DAY = date(2015, 5, 17)
SET_BY_THE_JOB = ("spark.sql.streaming.stateStore.providerClass", "spark.sql.streaming.minBatchesToRetain", "spark.sql.shuffle.partitions")
LIMITS = {
    "late_days": 2,
    "max_line_bytes": 1024 * 1024,
    "max_file_bytes": 2**30,
    "watermark_seconds": 3 * 86400,
    "trigger_seconds": 1,
    "partitions": 2,
    "top": 3,
}


class Live:
    """One home: a landing folder, checkpoints, and the live tables of the session's lake, dropped when it is made."""

    def __init__(self, spark: SparkSession, home: Path) -> None:
        self.spark, self.home = spark, home
        self.landing = Landing(home / "landing")
        self.landing.root.mkdir(parents=True, exist_ok=True)
        self.places = {"landing_uri": self.landing.root.as_uri(), "work_uri": (home / "work").as_uri()}
        self.places |= {"erasure_key_file": str(home / "secrets/erasure.key")}
        for table in schema.ALL:
            spark.sql(f"DROP TABLE IF EXISTS {table.identifier}")

    def stream(self, **changed: Any) -> None:
        """Run the job; unless changed: over all that is in the landing folder now."""
        given = {"source": "landing", "mode": "available-now"} | self.places | LIMITS | changed
        with restored(self.spark, SET_BY_THE_JOB):
            job.main(argument_words(given))

    def rows(self, table: Any) -> list[Row]:
        return self.spark.table(table.identifier).collect()

    def totals(self) -> dict[tuple[date, str], int]:
        """Requests by event day and user."""
        found: Counter[tuple[date, str]] = Counter()
        for row in self.rows(schema.USER_TOTALS):
            found[row.event_day, row.user_id] += row.requests
        return dict(found)


def line(second: int, user: str, day: date = DAY) -> str:
    """A request of the user at that second of the day, which may lie behind its end."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ} {user} 10.0.0.{second % 9} /p{second % 7}.html"


def lines(users: str) -> list[str]:
    """A request of each of the users, who are named by a letter."""
    return [f"{DAY}T10:00:{n % 60:02}Z {user} 10.0.0.1 /p" for n, user in enumerate(users)]
