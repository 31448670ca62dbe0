"""Which stages may still be at work: what they write after an erasure, from what they read before it, would bring the user back."""

import json
import time

from pyspark.sql import SparkSession

from spark_jobs.gate.schema import BY_NAME
from spark_jobs.gate.verdicts import refused_uri, verdict_uri
from spark_jobs.lake.begun import branch_folder
from spark_jobs.lake.busy import ERASURE, busy_records
from spark_jobs.lake.errors import TryAgain
from spark_jobs.lake.manifest import Manifest, manifest_uri
from spark_jobs.lake.paths import exists, read_text
from spark_jobs.lake.publishing import is_published
from spark_jobs.maintain.active import active_stages


def require_nobody_at_work(spark: SparkSession, work_uri: str) -> None:
    """TryAgain: the upkeep or an export is at work, or a stage that began in the last day has not come to its end: staged, then published
    or refused by its gate."""
    stages = sorted(branch for branch in active_stages(spark, work_uri, time.time()).branches if not _has_ended(spark, work_uri, branch))
    others = [record.uri for record in busy_records(spark, work_uri) if not record.name.startswith(ERASURE)]
    at_work = [branch_folder(work_uri, branch) for branch in stages] + others
    if at_work:
        shown = "\n".join(f"  {one}" for one in at_work)
        raise TryAgain(
            f"stages, exports or the upkeep are at work, or were killed in the last day:\n{shown}\n"
            "Pause the DAGs, let the runs end and erase again. What is of a dead run may be removed by hand."
        )


def _has_ended(spark: SparkSession, work_uri: str, branch: str) -> bool:
    if not exists(spark, manifest_uri(work_uri, branch)):
        return False
    manifest = Manifest.read(spark, work_uri, branch)
    verdict = read_text(spark, verdict_uri(work_uri, branch))
    verdicts = [] if verdict is None else json.loads(verdict)["verdicts"]
    if any(not each["passed"] and each["severity"] == "critical" for each in verdicts):
        return True  # its gate was red
    if exists(spark, refused_uri(work_uri, branch)):
        return True
    staged = {name: snapshot_id for name, snapshot_id in manifest.tables.items() if snapshot_id is not None}
    if not staged:
        return verdict is not None
    return all(is_published(spark, BY_NAME[name], snapshot_id) for name, snapshot_id in staged.items())
