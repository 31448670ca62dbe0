"""
### quarantine_replay: would the lines in quarantine pass today? Then run their days again

**Runs** by hand only, one run at a time: after a better parser was installed, a setting changed, or corrections were written into
the landing folder (`_corrections/<dataset>/dt=<day>/*.jsonl`, docs/data.md).

**Chain**: replay_quarantine → choose_runs → run_day. The first, a Spark job, judges the quarantined lines of the days anew, with
today's parser, settings and corrections, and tells in its log by day, dataset and reason how many would pass or be dropped. It changes no
table. With `dry_run` off, run_day then starts `web_activity_daily` for exactly the days that gain: the landing days that such lines
would leave, and the earlier days that late requests among them belong to. It does not wait for them. A day that was rolled back is
named and left as it is. What is read is what was published: of a day whose gate of ingest is red there is nothing to replay yet.

**Params** `from`, `to`: the landing days, YYYY-MM-DD, both included. `dataset`, `reason`: which lines count; `all` by default.
`dry_run`: start nothing; true by default. To paste into a trigger:
`{"from": "2026-11-01", "to": "2026-11-07", "dataset": "requests", "reason": "BAD_IP", "dry_run": false}`

**When it fails**
- *Code 64*: `from` is after `to`.
- *Code 65*: a file of corrections is none; the log names it, the line and the fault. No day would run until it is mended.
- *Code 66*: nothing was ever published. Run `web_activity_daily` first.
- *run_day, DagIsPaused*: `web_activity_daily` is switched off. Switch it on and clear the task.

**Safe** to run again at any time: once the days have run, their lines have left the quarantine and no day gains any more. A run_day
that is cleared does not start a day twice. But let the days that one replay has started end before the next replay of them: of two runs of
one day at once a gate refuses one with 65. Taking a correction back is no gain: run `web_activity_daily` for its day by hand.

**Output**: the listing in the log; with `dry_run` off, runs of `web_activity_daily` named `replay__<day>__<this run>`, whose gates decide
as ever. Consumers are those of that DAG. Owner: data engineering.
"""

import hashlib

import pendulum
from airflow.configuration import conf
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException

from include.callbacks import explain_failure
from include.landing import DATASETS
from include.operators import ReplayOperator
from include.settings import settings
from include.tasks import DEFAULT_ARGS, spark_task

FIRST_DAY, LAST_DAY = "{{ params['from'] }}", "{{ params['to'] }}"
# Those of docs/data.md.
REASONS = (
    "TOO_LONG", "INVALID_UTF8", "CONTROL_CHARACTER", "MALFORMED", "MISSING_KEY",
    "BAD_TIMESTAMP", "BAD_IP", "BAD_VALUE", "OUT_OF_WINDOW", "CONFLICTING_KEY",
)  # fmt: skip
EVERY = "all"


def landing_day(which: str) -> Param:
    return Param(
        type="string", format="date", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description=f"{which} landing day, UTC, YYYY-MM-DD."
    )  # fmt: skip


@dag(
    schedule=None,
    start_date=pendulum.datetime(2015, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    tags=["millrace", "quarantine"],
    params={
        "from": landing_day("First"),
        "to": landing_day("Last"),
        "dataset": Param(EVERY, type="string", enum=[EVERY, *DATASETS], description="Lines of which dataset."),
        "reason": Param(EVERY, type="string", enum=[EVERY, *REASONS], description="Lines that were quarantined for which reason."),
        "dry_run": Param(True, type="boolean", description="Tell what would pass, and start nothing."),
    },
)
def quarantine_replay() -> None:
    chosen = settings()
    replay = spark_task(
        ReplayOperator,
        "replay_quarantine",
        "replay_quarantine",
        {
            "first_day": FIRST_DAY,
            "last_day": LAST_DAY,
            "dataset": "{{ params.dataset }}",
            "reason": "{{ params.reason }}",
            "landing_uri": chosen.landing,
            "late_days": chosen.late_days,
            "erasure_key_file": chosen.erasure_key,
            "max_line_bytes": chosen.max_line_bytes,
        },
        day=FIRST_DAY,
        work_uri=chosen.work,
    )

    @task(on_failure_callback=explain_failure)
    def choose_runs(days, params=None, run_id=None) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
        if params["dry_run"]:
            print(f"dry run: nothing is started for {', '.join(days) or 'no day'}")
            return []
        most = conf.getint("core", "max_map_length")
        if len(days) > most:
            raise AirflowFailException(f"{len(days):,} days gain, and a run starts at most {most:,}: replay a shorter period first")
        # The same name each time, so that a task that is cleared starts nothing twice; new corrections want a new run of this DAG.
        own = hashlib.sha256(run_id.encode()).hexdigest()[:8]
        return [{"conf": {"day": day}, "trigger_run_id": f"replay__{day}__{own}"} for day in days]

    # Runs by hand have no logical date; two of one moment would be refused.
    TriggerDagRunOperator.partial(
        task_id="run_day",
        trigger_dag_id="web_activity_daily",
        logical_date=None,
        skip_when_already_exists=True,
        fail_when_dag_is_paused=True,
        on_failure_callback=explain_failure,
    ).expand_kwargs(choose_runs(replay.output))


quarantine_replay()
