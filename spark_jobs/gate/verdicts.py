"""Keeping and telling verdicts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pyspark.sql import SparkSession

from spark_jobs.gate.schema import GATE_RESULTS
from spark_jobs.lake.begun import branch_folder
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.paths import join, write_text_atomic
from spark_jobs.lake.staging import append


@dataclass(frozen=True)
class Verdict:
    """What one expectation said. unexpected_rows: None where the expectation counts none."""

    table_name: str
    expectation: str
    severity: str
    passed: bool
    unexpected_rows: int | None
    detail: str
    suite_sha256: str

    @property
    def blocks(self) -> bool:
        return not self.passed and self.severity == "critical"


def record(spark: SparkSession, manifest: Manifest, verdicts: Sequence[Verdict]) -> None:
    """Append every verdict to ops.gate_results."""
    now = datetime.now(UTC)
    head = (manifest.day, manifest.stage, manifest.run_id, manifest.branch, now)
    rows = [(*head, *asdict(verdict).values()) for verdict in verdicts]
    append(spark, GATE_RESULTS, spark.createDataFrame(rows, GATE_RESULTS.schema))


def write_verdict(spark: SparkSession, work_uri: str, manifest: Manifest, verdicts: Sequence[Verdict]) -> str:
    """Write the verdict file that the failure callback and operators read; returns its URI."""
    uri = verdict_uri(work_uri, manifest.branch)
    document = {
        "stage": manifest.stage,
        "day": manifest.day.isoformat(),
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    write_text_atomic(spark, uri, json.dumps(document, indent=1))
    return uri


def write_refused(spark: SparkSession, work_uri: str, manifest: Manifest, reason: str) -> None:
    """Tell beside the verdict that the gate has refused to publish what passed: an erasure need not wait for this run."""
    write_text_atomic(spark, refused_uri(work_uri, manifest.branch), json.dumps({"reason": reason}))


def verdict_uri(work_uri: str, branch: str) -> str:
    return join(branch_folder(work_uri, branch), "verdict.json")


def refused_uri(work_uri: str, branch: str) -> str:
    return join(branch_folder(work_uri, branch), "refused.json")


def explain(manifest: Manifest, verdicts: Sequence[Verdict], uri: str, not_asked: Sequence[str] = ()) -> str:
    """A message for people: what failed, how many rows, what was not asked, where to look."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    lines = [
        f"  {verdict.severity:8}  {verdict.table_name}  {verdict.expectation}: "
        f"{'' if verdict.unexpected_rows is None else f'{verdict.unexpected_rows} rows. '}{verdict.detail}"
        for verdict in failed
    ]
    head = f"gate {manifest.stage} of {manifest.day}: {len(verdicts)} expectations, {len(failed)} failed"
    return "\n".join([head, *lines, *not_asked, f"  verdicts: {uri}", f"  staged rows: branch {manifest.branch} of each table"])
