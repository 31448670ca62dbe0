"""What the daily DAG must look like, written down by hand."""

DAY = "2026-11-01"
BRANCH = "r_branch"
STAGES = ("ingest", "enrich", "aggregate", "identities")
STAGE_TASKS = tuple(f"{stage}.{stage}" for stage in STAGES)
GATES = tuple(f"{stage}.gate_{stage}" for stage in STAGES)
SPARK_TASKS = (*STAGE_TASKS, *GATES, "export_reports")
# The task, and the package below spark_jobs whose job it submits.
PACKAGES = {
    **{f"{stage}.{stage}": stage for stage in STAGES},
    **dict.fromkeys(GATES, "gate"),
    "export_reports": "export_reports",
}
