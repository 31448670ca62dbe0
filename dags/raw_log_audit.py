"""
### raw_log_audit: the landed logs are counted a second time and compared with the ledger

**Runs** daily for the day before (UTC), or by hand with the Param `day`. A daily run waits until `ingest.gate_ingest` of
`web_activity_daily` has succeeded for the same day. A run by hand does not ask which run published the day: it waits for
the day's three `_SUCCESS` markers only, and its job asks the ledger.

**What it does**: one Spark job in the RDD API, with a parser of its own, reads the day's landed requests and profiles, judges every
request line anew, and compares the lines of each file by outcome with `ops.ledger`. It also counts by user, address and file type, and
walks from blocked traffic to the users and addresses near it. It changes no table.

**Param** `day`: the UTC day to audit, YYYY-MM-DD; empty: the run's own day. To paste into a trigger: `{"day": "2026-11-01"}`

**When it fails**
- *Code 65*: files differ from the ledger; the log's end and the findings name each with both counts. Were files changed after the day
  was published, or has an earlier day landed since? Then run `web_activity_daily` for the day again and clear this task. Otherwise one
  of the two parsers is wrong: compare both with docs/data.md.
- *Code 66*: the ledger does not know the day. Run `web_activity_daily` for it first.
- *It waits*: the log of `wait_for_publication` says for what. *`wait_for_publication` fails*: the bucket of the landing is not there, or
  refuses, as its log tells; or it waited too long.

**Safe** to run again at any time: it reads the landing and the ledger, and every try writes a new folder of findings.

**Output**: `raw_log_audit/dt=<day>/<run>_<try>_<random>/` below the reports folder, lines of JSON. Its readers are those who run Millrace.
While it is red the tables and reports stand as they were published. Owner: data engineering.
"""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, chain, dag, task

from include.days import resolve_day
from include.landing import missing_markers
from include.operators import JobOperator
from include.settings import settings
from include.tasks import DAY, DEFAULT_ARGS, TRY, folder_of_try, spark_task, waiting


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=4,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    user_defined_macros={"resolve_day": resolve_day, "folder_of_try": folder_of_try},
    tags=["millrace", "audit"],
    params={
        "day": Param(
            None,
            type=["null", "string"],
            format="date",
            pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="UTC day to audit, YYYY-MM-DD. Empty: the run's own day.",
        )
    },
)
def raw_log_audit() -> None:
    chosen = settings()

    @task.sensor(**waiting())
    def wait_for_publication(params=None, data_interval_start=None, ti=None) -> bool:  # type: ignore[no-untyped-def]
        missing = missing_markers(chosen.landing, resolve_day(params, data_interval_start))
        for marker in missing:
            print(f"waiting for {marker}")
        if missing or params["day"]:
            return not missing
        gate = {"dag_id": "web_activity_daily", "task_ids": ["ingest.gate_ingest"], "logical_dates": [data_interval_start]}
        is_published = bool(ti.get_ti_count(**gate, states=["success"]))
        if not is_published:
            print(f"waiting for ingest.gate_ingest of web_activity_daily, run of {data_interval_start}")
        return is_published

    audit = spark_task(
        JobOperator,
        "audit_raw_logs",
        "audit_raw_logs",
        {
            "day": DAY,
            "landing_uri": chosen.landing,
            "work_uri": chosen.work,
            "findings_uri": f"{chosen.reports}/raw_log_audit/dt={DAY}/{TRY}",
            "late_days": chosen.late_days,
            "max_line_bytes": chosen.max_line_bytes,
            "max_file_bytes": chosen.max_file_bytes,
            "erasure_key_file": chosen.erasure_key,
            "max_users_per_ip": chosen.max_users_per_ip,
            "top": chosen.audit_top,
            "max_hops": chosen.audit_max_hops,
            "checkpoint_every": chosen.audit_checkpoint_every,
            "partitions": chosen.shuffle_partitions,
        },
    )
    chain(wait_for_publication(), audit)


raw_log_audit()
