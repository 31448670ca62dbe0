"""What the stage reads: every table of a day, each at one snapshot that is chosen once and told in the release."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.export_reports import measures
from spark_jobs.export_reports.bounded import to_pandas
from spark_jobs.export_reports.report import MARTS, Measures, Version
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.ingest.schema import LEDGER, PROFILES, QUARANTINE, REQUESTS, USERS
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import check_published
from spark_jobs.lake.reading import published_snapshot, read_day

TABLES = (REQUESTS, USERS, PROFILES, QUARANTINE, LEDGER, ACTIVITY, *MARTS, GATE_RESULTS)


class Sources:
    """A day's tables at the snapshots that were main's when the object was made.

    max_rows: no frame that comes to Pandas may have more rows (bounded.py).
    manifests: what the run's stages have staged; the report tells of one run, whose rows fit together.
    InputMissing: a table was never published. DataFailed: another run has published the day of a table since this one did.
    """

    def __init__(self, spark: SparkSession, day: date, max_rows: int, manifests: Sequence[Manifest]) -> None:
        self._spark = spark
        self._manifests = manifests
        self._snapshots = {table.name: published_snapshot(spark, table) for table in TABLES}
        self._check(self._snapshots)
        self._frames = {table.name: read_day(spark, table, day, self._snapshots[table.name]) for table in TABLES}
        self._day = day
        self._max_rows = max_rows

    def check_current(self) -> None:
        """DataFailed: as for the object, by main's snapshots of now. An export that stood still must not take a newer report's place."""
        self._check({name: published_snapshot(self._spark, BY_NAME[name]) for manifest in self._manifests for name in manifest.tables})

    def _check(self, snapshots: Mapping[str, int]) -> None:
        for manifest in self._manifests:
            for name in manifest.tables:
                check_published(self._spark, BY_NAME[name], manifest, snapshots[name])

    def marts(self) -> dict[str, pd.DataFrame]:
        """The mart tables by name."""
        return {table.name: self._bounded(self._frames[table.name], table.name) for table in MARTS}

    def measures(self, run_id: str) -> Measures:
        """The small aggregates of the other tables; run_id: whose gate results."""
        activity, ledger, quarantine = (self._frames[table.name] for table in (ACTIVITY, LEDGER, QUARANTINE))
        gates = measures.gates_of_run(self._frames[GATE_RESULTS.name], run_id)
        return Measures(
            half_hours=self._bounded(measures.requests_by_half_hour(activity), "requests by half hour"),
            unmatched_users=self._bounded(measures.unmatched_users(activity), "unmatched users"),
            quarantine=self._bounded(measures.quarantine_counts(quarantine), "quarantine by reason"),
            samples=self._bounded(measures.quarantine_samples(quarantine), "quarantine samples"),
            datasets=self._bounded(measures.lines_by_dataset(ledger), "ledger by dataset"),
            late=self._bounded(measures.late_lines_by_day(ledger), "late lines by day"),
            gates=self._bounded(gates, f"gate results of run {run_id}"),
        )

    def versions(self, marts: Mapping[str, pd.DataFrame]) -> dict[str, Version]:
        """What was read of each table, by name; marts need no second count."""
        rows = {name: len(marts[name]) if name in marts else frame.count() for name, frame in self._frames.items()}
        return {name: Version(snapshot_id, rows[name]) for name, snapshot_id in self._snapshots.items()}

    def _bounded(self, frame: DataFrame, what: str) -> pd.DataFrame:
        return to_pandas(frame, self._max_rows, f"{what} of {self._day.isoformat()}")
