"""
### web_activity_rollback: a day goes back to an earlier release

**Runs** by hand only (`make rollback DAY=… RELEASE=…`), with both Params. `make releases` lists the releases, `make release-diff` tells
what two of them differ in.

**Chain**: restore_ingest → restore_enrich → restore_aggregate → restore_identities → export_reports. Each of the first four stages the
rows that the release held in the tables of that stage on a branch of its own, and is followed by that stage's gate, which publishes
them as of any run: main is never moved back, and no other day is touched. The run is a release of its own.

**Params** `day`: the UTC day, YYYY-MM-DD. `release`: the release of that day to go back to. To paste into a trigger:
`{"day": "2026-11-01", "release": "2026-11-01-20261102T010203Z-1f2e3d"}`

**When it fails**
- *Code 66 in restore_…*: the day has no such release (the log names those it has), or snapshots of it have expired (the log names
  them). Take another release, or land the day's files as they were and run `web_activity_daily`.
- *A gate is red*: main is as it was before that stage. What compares with today's landing folder is not asked of a restored day;
  all else is, with the limits of today's settings: a release that was made with others needs these, exported for this run. Stages before
  the red one stay published, so run it again, or `web_activity_daily` for the day, lest main mixes two states of the day.
- *Code 65, published by another run*: a run of the same day was faster. Run this one again if it is still wanted.

**Safe** to run again, and to take back by restoring a later release. The next run of `web_activity_daily` for the day makes the tables anew
from the landing folder: mend what has landed before. Until then `raw_log_audit` of the day finds differences.

**Output**: as of `web_activity_daily`: `raw.*`, `core.activity`, `mart.*` of the day, its reports, a row in `ops.releases`. Their consumers
are the same. A red gate leaves its stage's tables and the reports as they were. Owner: data engineering.
"""

import pendulum
from airflow.sdk import Param, chain, dag

from include.days import resolve_day
from include.releases import RELEASE_LENGTH, RELEASE_PATTERN
from include.tables import TABLES
from include.tasks import DEFAULT_ARGS, gated_restore, reports_of


@dag(
    schedule=None,
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    user_defined_macros={"resolve_day": resolve_day},
    tags=["millrace", "rollback"],
    params={
        "day": Param(
            type="string",
            format="date",
            pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="UTC day to roll back, YYYY-MM-DD.",
        ),
        "release": Param(
            type="string",
            pattern=RELEASE_PATTERN,
            maxLength=RELEASE_LENGTH,
            description="Release of that day to go back to, as `make releases` names it.",
        ),
    },
)
def web_activity_rollback() -> None:
    stages = list(TABLES)
    restored = [gated_restore(stage, after=stages[:number]) for number, stage in enumerate(stages)]
    chain(*restored, reports_of(f"restore_{stage}" for stage in stages))


web_activity_rollback()
