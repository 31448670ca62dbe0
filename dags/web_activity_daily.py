"""
### web_activity_daily: a landed day becomes gated tables and reports

**Runs** daily for the day before (UTC), by hand with the Param `day`, or as a backfill in any order. It first waits until
the day's three `_SUCCESS` markers are there (users, requests, profiles).

**Chain**: ingest → enrich → aggregate → identities → export_reports. Every stage but the last writes to a branch of its own and
is followed by its gate, which audits the staged rows with Great Expectations and is the only task that publishes.

**Param** `day`: the UTC day to run, YYYY-MM-DD; empty: the run's own day. To paste into a trigger: `{"day": "2026-11-01"}`

**When it fails**
- *A gate is red*: main is as it was, readers see the former release. The task's log ends with the table, the expectation, the rows
  and where to look. Mend the landed files (or the suite, knowingly), then clear the stage's task or run the day again.
- *A stage is red*: nothing was staged that a gate knows of. Retries start afresh; identities goes on after its last complete level.
- *It waits*: the log of `wait_for_landing` names the missing markers. *`wait_for_landing` fails*: the landing's bucket is not there, or
  refuses, as its log tells; or nothing landed in time.

**Safe** to run again and in any order: a day's tables are a function of the landing folder alone. Of two runs of one day at once
the one that publishes second is refused by its gate; run it again if the landing has changed meanwhile.

**Output**: `raw.*`, `core.activity`, `mart.*` of the day, `reports/dt=<day>/` under MILLRACE_HOME, a row in `ops.releases`.
Consumers read `mart.*` and the reports. A red gate leaves its stage's tables and the reports as they were. Owner: data engineering.
"""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, chain, dag, task

from include.days import resolve_day
from include.landing import missing_markers
from include.settings import settings
from include.tables import TABLES
from include.tasks import DEFAULT_ARGS, gated_stage, reports_of, waiting


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=4,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    user_defined_macros={"resolve_day": resolve_day},
    tags=["millrace", "daily"],
    params={
        "day": Param(
            None,
            type=["null", "string"],
            format="date",
            pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="UTC day to run, YYYY-MM-DD. Empty: the run's own day.",
        )
    },
)
def web_activity_daily() -> None:
    chosen = settings()

    @task.sensor(**waiting())
    def wait_for_landing(params=None, data_interval_start=None) -> bool:  # type: ignore[no-untyped-def]
        missing = missing_markers(chosen.landing, resolve_day(params, data_interval_start))
        for marker in missing:
            print(f"waiting for {marker}")
        return not missing

    ingest = gated_stage(
        "ingest",
        {
            "landing_uri": chosen.landing,
            "late_days": chosen.late_days,
            "max_line_bytes": chosen.max_line_bytes,
            "max_file_bytes": chosen.max_file_bytes,
            "erasure_key_file": chosen.erasure_key,
        },
    )
    enrich = gated_stage("enrich", {"landing_uri": chosen.landing})
    aggregate = gated_stage("aggregate", {"young_below_years": chosen.young_below_years})
    identities = gated_stage(
        "identities",
        {
            "max_users_per_ip": chosen.max_users_per_ip,
            "finish_edges": chosen.finish_edges,
            "partitions": chosen.shuffle_partitions,
        },
    )
    chain(wait_for_landing(), ingest, enrich, aggregate, identities, reports_of(TABLES))


web_activity_daily()
