"""What an erasure at work knows of itself, so that a crash loses nothing of its receipt: a file in the work folder, without the name."""

import json
from dataclasses import asdict, dataclass, field

from pyspark.sql import SparkSession

from spark_jobs.erase.find import Rows
from spark_jobs.lake.paths import join, read_text, remove, write_text_atomic


@dataclass
class State:
    """begun_at: when the hash was recorded, ISO 8601. days: those to run again; to_run: those of them that have not yet.

    rows: the user's in main, as first seen. removed: what else went, counted by kind; a crash may lose what its last step counted.
    """

    user_hmac: str
    begun_at: str
    run_ids: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    to_run: list[str] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)

    def add_rows(self, found: Rows) -> None:
        for table, by_day in found.items():
            for day, rows in by_day.items():
                of_table = self.rows.setdefault(table, {})
                of_table[day] = max(rows, of_table.get(day, 0))

    def count(self, kind: str, number: int) -> None:
        self.removed[kind] = self.removed.get(kind, 0) + number

    def write(self, spark: SparkSession, work_uri: str) -> None:
        write_text_atomic(spark, _uri(work_uri, self.user_hmac), json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, spark: SparkSession, work_uri: str, user_hmac: str) -> "State | None":
        text = read_text(spark, _uri(work_uri, user_hmac))
        return None if text is None else cls(**json.loads(text))

    def forget(self, spark: SparkSession, work_uri: str) -> None:
        remove(spark, _uri(work_uri, self.user_hmac))


def _uri(work_uri: str, user_hmac: str) -> str:
    return join(work_uri, "erasures", f"{user_hmac}.json")
