"""The task factory: every Spark task of every DAG is made here, alike."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from airflow.sdk import TaskGroup

from include.callbacks import explain_failure
from include.operators import JobOperator, StageOperator
from include.settings import PROJECT, Machine, settings
from include.submit import submit_arguments
from include.tables import assets

POOL = "spark"
DAY = "{{ resolve_day(params, data_interval_start) }}"
RUN_ID = "{{ run_id }}"
TRY = "{{ folder_of_try(run_id, ti.try_number) }}"
SUITES = PROJECT / "include/gx/expectations"
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
        application_args=[part for name, value in arguments.items() for part in (f"--{name.replace('_', '-')}", str(value))],
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


def branch_of(stage: str) -> str:
    """A template: the branch that the stage's try has returned."""
    return f"{{{{ ti.xcom_pull(task_ids='{stage}.{stage}') }}}}"


def folder_of_try(run_id: str, try_number: int) -> str:
    """A folder's name that no other try has had, `<run>_<try>_<random>`: a retry must not find what a killed one left."""
    return f"{hashlib.sha256(run_id.encode()).hexdigest()[:8]}_{try_number}_{uuid4().hex[:8]}"


def gated_stage(stage: str, arguments: dict[str, Any]) -> TaskGroup:
    """A stage and the gate that alone publishes what it staged."""
    chosen = settings()
    with TaskGroup(stage) as group:
        staged = spark_task(StageOperator, stage, stage, {"day": DAY, "run_id": RUN_ID, "work_uri": chosen.work, **arguments})
        gate = spark_task(
            JobOperator,
            f"gate_{stage}",
            "gate",
            {
                "stage": stage,
                "day": DAY,
                "branch": branch_of(stage),
                "landing_uri": chosen.landing,
                "work_uri": chosen.work,
                "suites": SUITES,
                **{name: getattr(chosen, name) for name in GATE_SETTINGS},
            },
            outlets=assets(stage),
        )
        staged >> gate
    return group
