"""
### web_activity_stream: the live tables follow the landing folder

**Runs** every 10 minutes, one run at a time, or by hand. It does not wait for the days' markers: a file counts as soon as it is there.

**Chain**: stream_requests → compare_live. The first reads every file of requests that has landed since its last run, judges its lines
by the parser of the daily chain, and brings `live.*` up to date. The second is a gate: for the day before and the MILLRACE_LATE_DAYS before
it, it compares `live.user_totals` with `mart.user_daily` of the day's newest release, where it has one, user by user.

**Param** `day`: the last UTC day to compare, YYYY-MM-DD; empty: the day before the run's. To paste into a trigger: `{"day": "2026-11-01"}`

**When it fails**
- *stream_requests, code 65*: a file cannot be read to its end; the log names it. Deliver it again, whole; later files wait until then.
- *stream_requests, code 66*: a checkpoint is gone; the log names it and says how to begin anew.
- *compare_live, code 65*: the log names files or users. Files that only the stream has read came after the release: run
  `web_activity_daily` for the day. Files that only the release has read, or users with other counts: had files or the blocklist changed
  after they were streamed, or was the day rolled back? Then the release is right. Otherwise look for rows dropped as too late in the log
  of stream_requests.

**Safe** to run again and to kill at any moment: each batch is written to each table once. Files are to appear whole in the landing folder:
write them under a name that starts with a dot, then rename them.

**Output**: `live.requests`, `live.quarantine`, `live.ledger`, `live.top_users`, `live.user_totals`, `live.request_windows`. They are not
audited before they can be read: use `mart.*` where a number must hold. Owner: data engineering.
"""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, chain, dag

from include.days import day_before
from include.operators import FINAL_EXIT_CODES, JobOperator, StreamOperator
from include.settings import settings
from include.stream import stream_arguments
from include.tasks import DAY_OF_RUN, DEFAULT_ARGS, NEVER_COMES_BACK, spark_task

COMPARED = "{{ day_before(params, dag_run.run_after) }}"
DIFFERENCES_SHOWN = 20


@dag(
    schedule=CronDataIntervalTimetable("*/10 * * * *", timezone="UTC"),
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    user_defined_macros={"day_before": day_before},
    tags=["millrace", "stream"],
    params={
        "day": Param(
            None,
            type=["null", "string"],
            format="date",
            pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="UTC day to compare, YYYY-MM-DD. Empty: the day before the run's own.",
        )
    },
)
def web_activity_stream() -> None:
    chosen = settings()
    stream = spark_task(
        StreamOperator,
        "stream_requests",
        "stream_requests",
        {"source": "landing", "mode": "available-now", **stream_arguments(chosen)},
        day=DAY_OF_RUN,
        final_exit_codes=FINAL_EXIT_CODES | {NEVER_COMES_BACK},
    )
    compare = spark_task(
        JobOperator,
        "compare_live",
        "compare_live",
        {
            "day": COMPARED,
            "days": chosen.late_days + 1,
            "streamed_at": "{{ ti.xcom_pull(task_ids='stream_requests') }}",
            "top": DIFFERENCES_SHOWN,
        },
        day=COMPARED,
    )
    chain(stream, compare)


web_activity_stream()
