"""
### lake_maintenance: small files, old snapshots and what dead runs have left

**Runs** weekly, on Sunday at 02:00 (UTC), or by hand.

**What it does**: removes the work folders of dead runs; then, table by table, with an account of files and bytes before and after in its
log, removes files that no snapshot names, drops branches that nobody has written for MILLRACE_KEEP_DAYS, expires snapshots that were of no
use for so long, and puts the small files of a day together. It leaves alone what a run at work, a retry of it, or a release of the last
MILLRACE_KEEP_DAYS needs, and snapshots with tags; days whose stages began in the last 24 hours are not compacted.

**Param** `dry_run`: tell what would go, change nothing; false by default. To paste into a trigger: `{"dry_run": true}`

**When it fails**
- *Code 75*: it lost races with runs again and again, or the disk is full, as the last line of its log tells. It is tried again by itself;
  otherwise run it in a quieter hour, or with a few MiB of room.
- *A crash*: what it had done until then is done, the rest comes with the next run. No table is ever half done.

**Safe** to run at any time, also beside runs and backfills, and as often as you like.

**Output**: its log. A release whose snapshots have gone can no longer be restored: `make releases` says `expired`.
Owner: data engineering.
"""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, dag

from include.operators import JobOperator
from include.settings import settings
from include.tasks import DAY_OF_RUN, DEFAULT_ARGS, spark_task


@dag(
    schedule=CronDataIntervalTimetable("0 2 * * 0", timezone="UTC"),
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    tags=["millrace", "upkeep"],
    params={"dry_run": Param(False, type="boolean", description="Tell what would go, and change nothing.")},
)
def lake_maintenance() -> None:
    chosen = settings()
    spark_task(
        JobOperator,
        "maintain",
        "maintain",
        {"work_uri": chosen.work, "keep_days": chosen.keep_days, "dry_run": "{{ 'yes' if params.dry_run else 'no' }}"},
        day=DAY_OF_RUN,
    )


lake_maintenance()
