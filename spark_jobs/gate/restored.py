"""A restored day at its gate: what cannot be asked of it, and what is asked instead.

The landing folder says what is there today, and a release may be of other files and another blocklist: that is often why people go back
to it. So what compares with the landing is not asked. In its place each table must hold exactly the rows of the release, which its own
gate has let through. All other expectations are asked as of any day, with the limits of today's settings.
"""

from collections.abc import Sequence
from dataclasses import replace

from pyspark.sql import SparkSession

from spark_jobs.gate.schema import BY_NAME, STAGED
from spark_jobs.gate.suites import Suite
from spark_jobs.gate.verdicts import Verdict
from spark_jobs.lake.difference import multiset_difference
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.reading import read_day

FILES, BLOCKLIST = "other files may have landed since the release", "the blocklist may be another one since the release"
NOT_ASKED = {
    "ops.ledger": {"lines_equal_the_landed_lines": FILES},
    "core.activity": {
        "rows_are_requests_less_blocked": BLOCKLIST,
        "bytes_are_those_of_the_requests": BLOCKLIST,
        "blocked_requests_are_gone": BLOCKLIST,
    },
}
SAME_ROWS = "rows_are_those_of_the_release"


def without_the_landing(suite: Suite) -> Suite:
    """The suite less what compares with the landing folder."""
    skipped = NOT_ASKED.get(suite.table.name, {})
    return replace(suite, expectations=[one for one in suite.expectations if one["meta"]["name"] not in skipped])


def not_asked(manifest: Manifest) -> list[str]:
    """A line for people for each expectation that is not asked of this stage's tables, and why."""
    if not manifest.restored:
        return []
    tables = [table.name for table in STAGED[manifest.stage]]
    return [f"  not asked {name}  {expectation}: {why}" for name in tables for expectation, why in NOT_ASKED.get(name, {}).items()]


def audit_rows(spark: SparkSession, manifest: Manifest, suites: Sequence[Suite]) -> list[Verdict]:
    """For each restored table, whether its registered view holds the release's rows, each as often; nothing where none is restored."""
    hashes = {suite.table.name: suite.sha256 for suite in suites}
    return [_verdict(spark, manifest, name, snapshot_id, hashes[name]) for name, snapshot_id in manifest.restored.items()]


def _verdict(spark: SparkSession, manifest: Manifest, name: str, snapshot_id: int, suite_sha256: str) -> Verdict:
    table = BY_NAME[name]
    found = multiset_difference(table, read_day(spark, table, manifest.day, snapshot_id), spark.table(table.view))
    rows = found.added + found.removed
    detail = f"{found.added} rows are not the release's, {found.removed} of the release's are missing (snapshot {snapshot_id})."
    return Verdict(name, SAME_ROWS, "critical", rows == 0, rows, detail if rows else "", suite_sha256)
