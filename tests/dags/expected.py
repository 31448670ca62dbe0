"""What the DAGs must look like, written down by hand."""

DAY = "2026-11-01"
BRANCH = "r_branch"
STAGES = ("ingest", "enrich", "aggregate", "identities")
STAGE_TASKS = tuple(f"{stage}.{stage}" for stage in STAGES)
GATES = tuple(f"{stage}.gate_{stage}" for stage in STAGES)
SPARK_TASKS = (*STAGE_TASKS, *GATES, "export_reports")
AUDIT_TASKS = ("audit_raw_logs",)
STREAM_TASKS = ("stream_requests", "compare_live")
STREAMED_AT = "2026-11-02T00:10:00+00:00"
# Each DAG with its Spark tasks; no task's name is in two of them.
DAGS = {"web_activity_daily": SPARK_TASKS, "raw_log_audit": AUDIT_TASKS, "web_activity_stream": STREAM_TASKS}
DAILY = ("web_activity_daily", "raw_log_audit")
DAG_OF = {task_id: dag_id for dag_id, task_ids in DAGS.items() for task_id in task_ids}
SENSORS = {"web_activity_daily": "wait_for_landing", "raw_log_audit": "wait_for_publication"}
# The task, and the package below spark_jobs whose job it submits.
PACKAGES = {
    **{f"{stage}.{stage}": stage for stage in STAGES},
    **dict.fromkeys(GATES, "gate"),
    "export_reports": "export_reports",
    "audit_raw_logs": "audit_raw_logs",
    "stream_requests": "stream_requests",
    "compare_live": "compare_live",
}
