"""What the DAGs must look like, written down by hand."""

DAY, LAST_DAY = "2026-11-01", "2026-11-07"
BRANCH = "r_branch"
STAGES = ("ingest", "enrich", "aggregate", "identities")
STAGE_TASKS = tuple(f"{stage}.{stage}" for stage in STAGES)
GATES = tuple(f"{stage}.gate_{stage}" for stage in STAGES)
SPARK_TASKS = (*STAGE_TASKS, *GATES, "export_reports")
AUDIT_TASKS = ("audit_raw_logs",)
STREAM_TASKS = ("stream_requests", "compare_live")
# They are about no one day.
WITHOUT_DAY = ("stream_requests", "maintain", "replay_quarantine")
STREAMED_AT = "2026-11-02T00:10:00+00:00"
RELEASE = "2026-11-01-20261102T010203Z-1f2e3d"
RESTORE_TASKS = tuple(f"restore_{stage}.restore_{stage}" for stage in STAGES)
ROLLBACK_GATES = tuple(f"restore_{stage}.gate_{stage}" for stage in STAGES)
# Each DAG with its Spark tasks.
DAGS = {
    "web_activity_daily": SPARK_TASKS,
    "raw_log_audit": AUDIT_TASKS,
    "web_activity_rollback": (*RESTORE_TASKS, *ROLLBACK_GATES, "export_reports"),
    "web_activity_stream": STREAM_TASKS,
    "lake_maintenance": ("maintain",),
    "quarantine_replay": ("replay_quarantine",),
}
TASKS = [(dag_id, task_id) for dag_id, task_ids in DAGS.items() for task_id in task_ids]
SENSORS = {"web_activity_daily": "wait_for_landing", "raw_log_audit": "wait_for_publication"}
DAILY = tuple(SENSORS)
# What hands a branch over to a gate.
STAGING_TASKS = (*STAGE_TASKS, *RESTORE_TASKS)
# The task, and the package below spark_jobs whose job it submits.
PACKAGES = {
    **{f"{stage}.{stage}": stage for stage in STAGES},
    **dict.fromkeys((*GATES, *ROLLBACK_GATES), "gate"),
    **dict.fromkeys(RESTORE_TASKS, "restore"),
    "export_reports": "export_reports",
    "audit_raw_logs": "audit_raw_logs",
    "stream_requests": "stream_requests",
    "compare_live": "compare_live",
    "maintain": "maintain",
    "replay_quarantine": "replay_quarantine",
}
