"""The chain's jobs, in their order, in the tests' own Spark session: what the DAG submits, without nine JVM starts.

The DAG itself, with real submits, runs in test_real_submits.py.
"""

import json
import os
import time
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import s3fs
from pyspark.sql import SparkSession

from include.settings import PROJECT, Settings, run_command
from include.submit import argument_words
from include.tasks import DAY_WORD, GATE_SETTINGS
from spark_jobs.aggregate import job as aggregate
from spark_jobs.enrich import job as enrich
from spark_jobs.export_reports import job as export_reports
from spark_jobs.gate import job as gate
from spark_jobs.gate.conf import PLANNING
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.identities import job as identities
from spark_jobs.ingest import job as ingest
from spark_jobs.lake.begun import BEGUN
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import publish_day
from spark_jobs.restore import job as restore
from tests.landing import Landing
from tests.session import restored

SUITES = PROJECT / "include/gx/expectations"
STAGES = ("ingest", "enrich", "aggregate", "identities")


class Chain:
    """Runs days of one landing folder on the session's lake; every test takes days of its own."""

    def __init__(self, spark: SparkSession, home: Path, **settings: Any) -> None:
        self.spark = spark
        self.settings = Settings(home=home, **settings)
        self.landing = Landing(home / "landing")
        self.branches: dict[tuple[str, date], str] = {}  # what the newest try of each stage has staged

    def run(self, day: date, audited: bool = True) -> dict[str, bytes]:
        """Run the whole day; its report files by name. Not audited: publish what is staged as it is, for tests of the stages alone."""
        for stage in STAGES:
            branch = self.stage(stage, day)
            if audited:
                self.gate(stage, day, branch)
            else:
                self.publish(branch)
        return self.export(day)

    def publish(self, branch: str) -> None:
        ensure_table(self.spark, GATE_RESULTS)  # a gate would have made it
        manifest = Manifest.read(self.spark, self.settings.work, branch)
        for name in manifest.tables:
            publish_day(self.spark, BY_NAME[name], manifest)

    def stage(self, stage: str, day: date) -> str:
        chosen = self.settings
        # A process of its own keeps nothing: here a file that was read before would be taken as it was then.
        self.spark.catalog.clearCache()
        branch = f"b_{uuid4().hex[:8]}_{stage}"
        common = {"day": day, "run_id": "tests", "branch": branch, "work_uri": chosen.work}
        if stage == "ingest":
            limits = {"late_days": chosen.late_days, "max_line_bytes": chosen.max_line_bytes, "max_file_bytes": chosen.max_file_bytes}
            ingest.main(arguments(common, limits, landing_uri=chosen.landing, erasure_key_file=chosen.erasure_key))
        elif stage == "enrich":
            enrich.main(arguments(common, landing_uri=chosen.landing))
        elif stage == "aggregate":
            aggregate.main(arguments(common, young_below_years=chosen.young_below_years))
        else:
            limits = {"max_users_per_ip": chosen.max_users_per_ip, "finish_edges": chosen.finish_edges}
            identities.main(arguments(common, partitions=2, **limits))
        self.branches[stage, day] = branch
        return branch

    def rollback(self, day: date, release: str, audited: Collection[str] = STAGES) -> dict[str, bytes]:
        """Restore the day as a release held it; its new report. audited: stages whose gates are asked; others are published as they are."""
        before: list[str] = []
        for stage in STAGES:
            branch = self.restore(stage, day, release, before)
            before.append(branch)
            if stage in audited:
                self.gate(stage, day, branch)
            else:
                self.publish(branch)
        return self.export(day)

    def end_stages(self) -> None:
        """As if two days had gone by since the stages began."""
        for begun in (self.settings.home / "work/branches").glob(f"*/{BEGUN}"):
            os.utime(begun, (time.time() - 2 * 86400,) * 2)

    def restore(self, stage: str, day: date, release: str, before: Sequence[str] = ()) -> str:
        """before: the branches that the run has restored and published."""
        branch = f"b_{uuid4().hex[:8]}_restore_{stage}"
        common = {"stage": stage, "day": day, "release": release, "run_id": "tests"}
        restore.main(arguments(common, branch=branch, work_uri=self.settings.work, branches=",".join(before) or "none"))
        self.branches[stage, day] = branch
        return branch

    def gate(self, stage: str, day: date, branch: str, suites: Path = SUITES) -> None:
        chosen = self.settings
        limits = {name: getattr(chosen, name) for name in GATE_SETTINGS}
        common = {"stage": stage, "day": day, "branch": branch, "landing_uri": chosen.landing, "work_uri": chosen.work}
        with restored(self.spark, PLANNING):
            gate.main(arguments(common, suites=suites, **limits))

    def export(self, day: date) -> dict[str, bytes]:
        chosen = self.settings
        limits = {name: getattr(chosen, name) for name in ("max_report_rows", "max_users_per_ip", "late_days")}
        branches = ",".join(self.branches[stage, day] for stage in STAGES)
        common = {"day": day, "run_id": "tests", "work_uri": chosen.work, "branches": branches}
        export_reports.main(arguments(common, reports_uri=chosen.reports, run_command=run_command(chosen, DAY_WORD), **limits))
        return self.report(day)

    def report(self, day: date) -> dict[str, bytes]:
        if self.settings.reports.startswith("s3a://"):
            return bucket_report(self.settings.reports, day)
        folder = self.settings.home / "reports" / f"dt={day}"
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def summary(self, day: date) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.report(day)["summary.json"])
        return document


def bucket_report(reports_uri: str, day: date) -> dict[str, bytes]:
    """The files of the release that the day's pointer names (docs/data.md)."""
    bucket, _, folder = reports_uri.removeprefix("s3a://").partition("/")
    files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
    release = json.loads(files.cat_file(f"{bucket}/{folder}/dt={day}/release.json"))["release"]
    found = files.find(f"{bucket}/{folder}/.versions/{release}/")
    return {path.rpartition("/")[2]: files.cat_file(path) for path in found if not path.endswith("/")}


def csvs(report: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in report.items() if name.endswith(".csv")}


def arguments(*parts: dict[str, Any], **more: Any) -> list[str]:
    """`--name value` for every item, as the task factory writes them."""
    merged: dict[str, Any] = {}
    for part in (*parts, more):
        merged |= part
    return argument_words(merged)
