"""The task factory: every Spark task of every DAG is made here, alike."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from airflow.sdk import TaskGroup

from include.callbacks import explain_failure
from include.operators import FINAL_EXIT_CODES, JobOperator, StageOperator
from include.run_conf import check_run_conf
from include.settings import PROJECT, Machine, run_command, settings
from include.submit import argument_words, submit_arguments
from include.tables import assets

POOL = "spark"
DEFAULT_ARGS = {"owner": "data-engineering", "pre_execute": check_run_conf}
DAY = "{{ resolve_day(params, data_interval_start) }}"
# Of a task that is about no landed day. Every run has this moment, also one that was triggered without a logical date.
DAY_OF_RUN = "{{ dag_run.run_after | ds }}"
RUN_ID = "{{ run_id }}"
RELEASE = "{{ params.release }}"
TRY = "{{ folder_of_try(run_id, ti.try_number) }}"
SUITES = PROJECT / "include/gx/expectations"
# A missing input (66) may yet come; a release that is not there, or whose snapshots have expired, does not.
NEVER_COMES_BACK = 66
DAY_WORD = "<day>"  # in the command that a report's page names for other days
GATE_SETTINGS = ("max_quarantined_share", "late_days", "max_users_per_ip", "young_below_years")


def spark_task(
    operator: type[JobOperator], task_id: str, package: str, arguments: dict[str, Any], day: str = DAY, **extra: Any
) -> JobOperator:
    """A submit of spark_jobs/<package>/job.py with `--name value` for each argument. day: a template, of the day that it is about."""
    chosen = settings()
    return operator(
        task_id=task_id,
        name=f"{task_id} {day}",
        application=str(PROJECT / "spark_jobs" / package / "job.py"),
        application_args=argument_words(arguments),
        day=day,
        landing_uri=chosen.landing,
        small_day_bytes=chosen.small_day_bytes,
        pool=POOL,
        retries=chosen.retries,
        retry_delay=timedelta(seconds=chosen.retry_delay_seconds),
        retry_exponential_backoff=2.0,
        max_retry_delay=timedelta(minutes=15),
        execution_timeout=timedelta(seconds=chosen.stage_timeout_seconds),
        on_failure_callback=explain_failure,
        **submit_arguments(chosen, Machine.read()),
        **extra,
    )


def waiting() -> dict[str, Any]:
    """Arguments of a sensor that waits for the landing. It is tried again where the landing cannot be looked into, not where it waited
    too long."""
    chosen = settings()
    return {
        "mode": "reschedule",
        "poke_interval": 60,
        "timeout": chosen.landing_timeout_seconds,
        "execution_timeout": timedelta(minutes=5),
        "retries": chosen.retries,
        "retry_delay": timedelta(seconds=chosen.retry_delay_seconds),
        "on_failure_callback": explain_failure,
    }


def branch_of(group: str) -> str:
    """A template: the branch that the try of the group's first task has returned; the task is named as the group."""
    return f"{{{{ ti.xcom_pull(task_ids='{group}.{group}') }}}}"


def branches_of(groups: Iterable[str]) -> str:
    """A template, comma-separated: the branches of these groups."""
    return ",".join(branch_of(group) for group in groups)


def folder_of_try(run_id: str, try_number: int) -> str:
    """A folder's name that no other try has had, `<run>_<try>_<random>`: a retry must not find what a killed one left."""
    return f"{hashlib.sha256(run_id.encode()).hexdigest()[:8]}_{try_number}_{uuid4().hex[:8]}"


def gated_stage(stage: str, arguments: dict[str, Any]) -> TaskGroup:
    """A stage and the gate that alone publishes what it staged."""
    return _gated(stage, stage, stage, arguments)


def gated_restore(stage: str, after: Sequence[str]) -> TaskGroup:
    """A stage's tables as the release of the Param `release` held them, and the stage's gate. after: the stages restored before."""
    arguments = {"stage": stage, "release": RELEASE, "branches": branches_of(f"restore_{stage}" for stage in after) or "none"}
    return _gated(f"restore_{stage}", "restore", stage, arguments, final_exit_codes=FINAL_EXIT_CODES | {NEVER_COMES_BACK})


def _gated(group_id: str, package: str, stage: str, arguments: dict[str, Any], **extra: Any) -> TaskGroup:
    chosen = settings()
    with TaskGroup(group_id) as group:
        common = {"day": DAY, "run_id": RUN_ID, "work_uri": chosen.work}
        staged = spark_task(StageOperator, group_id, package, {**common, **arguments}, **extra)
        gate = spark_task(
            JobOperator,
            f"gate_{stage}",
            "gate",
            {
                "stage": stage,
                "day": DAY,
                "branch": branch_of(group_id),
                "landing_uri": chosen.landing,
                "work_uri": chosen.work,
                "suites": SUITES,
                **{name: getattr(chosen, name) for name in GATE_SETTINGS},
            },
            outlets=assets(stage),
        )
        staged >> gate
    return group


def reports_of(groups: Iterable[str]) -> JobOperator:
    """The export of the day's reports, of what these groups have staged and published."""
    chosen = settings()
    return spark_task(
        JobOperator,
        "export_reports",
        "export_reports",
        {
            "day": DAY,
            "run_id": RUN_ID,
            "work_uri": chosen.work,
            "branches": branches_of(groups),
            "reports_uri": chosen.reports,
            "max_report_rows": chosen.max_report_rows,
            "max_users_per_ip": chosen.max_users_per_ip,
            "late_days": chosen.late_days,
            "run_command": run_command(chosen, DAY_WORD),
        },
    )
