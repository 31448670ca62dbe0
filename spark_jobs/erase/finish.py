"""The second half, once the days have run without the user: what is of the past goes, the rest is searched, and the receipt is written."""

from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import SparkSession

from spark_jobs.erase import live, records
from spark_jobs.erase.at_work import require_nobody_at_work
from spark_jobs.erase.find import rows_of_user
from spark_jobs.erase.history import forget_history
from spark_jobs.erase.landed import Landed, landed_with
from spark_jobs.erase.logs import clean_logs
from spark_jobs.erase.name import Name
from spark_jobs.erase.reports import remove_folders, reports_with
from spark_jobs.erase.search import Left, search
from spark_jobs.erase.state import State
from spark_jobs.erase.tables import AUDITED, RECORDS
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.export_reports.places import reports_at
from spark_jobs.lake.arrow import arrow_folder
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, list_folder, remove
from spark_jobs.maintain.work import OF_RUNS


def finish(spark: SparkSession, name: Name, user: ErasedUsers, state: State, args: Namespace) -> dict[str, Any]:
    """Returns the receipt. Each step changes nothing where it was done before, so that a crash anywhere is mended by another run.

    TryAgain: stages are at work. DataFailed: a day still holds rows of the user.
    """
    require_nobody_at_work(spark, args.work_uri)
    _require_gone(spark, user)

    def note(kind: str, number: int) -> None:
        if number:
            state.count(kind, number)
            state.write(spark, args.work_uri)

    note("live tables begun anew", live.begin_anew(spark, args.warehouse_uri, args.work_uri, user))
    note("details of gates", records.blank_gate_results(spark, user))
    # Before any history goes, by which it is known that the runs of these folders have ended: a crash in between could not tell any more.
    note("work folders", remove_work(spark, args.work_uri))
    for table in (*AUDITED, *RECORDS):
        require_nobody_at_work(spark, args.work_uri)
        gone = forget_history(spark, table)
        note("branches and tags", gone.branches)
        note("snapshots", gone.snapshots)
        note("table files", gone.files)
    reports = reports_with(args.reports_uri, name)
    note("folders of old reports and findings", remove_folders(arrow_folder(args.reports_uri)[0], reports))
    logs = [*args.log_uris, *event_logs(spark)]
    for kind, number in clean_logs(logs, name).items():
        note(kind, number)
    left = search(spark, name, user, args.warehouse_uri, args.work_uri, [args.reports_uri, *logs], args.beside_uris)
    landed = landed_with(spark, args.landing_uri, args.max_line_bytes, user, name)
    return receipt(name, state, left, landed, releases(args.reports_uri, state.days))


def _require_gone(spark: SparkSession, user: ErasedUsers) -> None:
    rows = rows_of_user(spark, AUDITED, user)
    if rows:
        shown = ", ".join(f"{table} of {day}" for table, by_day in rows.items() for day in by_day)
        raise DataFailed(f"there are still rows of the user in {shown}: these days did not run without the user. Erase again.")


def remove_work(spark: SparkSession, work_uri: str) -> int:
    """What runs have left: names in verdicts and in the levels of identities. TryAgain: a run has begun meanwhile."""
    folders = [entry for kind in OF_RUNS for entry in list_folder(spark, join(work_uri, kind))]
    # Asked after the folders are known: those of a run that begins later are not among them.
    require_nobody_at_work(spark, work_uri)
    for folder in folders:
        remove(spark, folder.uri)
    return len(folders)


def event_logs(spark: SparkSession) -> list[str]:
    """Where Spark's event logs lie, if this application writes any: its own is among them."""
    is_on = spark.sparkContext.getConf().get("spark.eventLog.enabled", "false") == "true"
    return [str(spark.sparkContext.getConf().get("spark.eventLog.dir"))] if is_on else []


def releases(reports_uri: str, days: Iterable[str]) -> dict[str, str | None]:
    return {day: reports_at(reports_uri).current(date.fromisoformat(day)) for day in days}


def receipt(name: Name, state: State, left: Left, landed: Landed, released: dict[str, str | None]) -> dict[str, Any]:
    """The document of docs/data.md, "Receipts of erasures"; a place whose own name holds the user's shows `…` there."""

    def hidden(places: dict[str, int]) -> dict[str, int]:
        return {name.hidden(place): number for place, number in places.items()}

    rows = {table: sum(by_day.values()) for table, by_day in sorted(state.rows.items())}
    return {
        "run_id": state.run_ids[-1],
        "earlier_tries": state.run_ids[:-1],
        "user_hmac": state.user_hmac,
        "begun_at": state.begun_at,
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": not left.found,
        "was_there": bool(
            rows or landed.lines or landed.others or any(state.removed.get(kind) for kind in ("live tables begun anew", "details of gates"))
        ),
        "days": released,
        "rows_removed": rows,
        "removed": dict(sorted(state.removed.items())),
        "search": {"found": hidden(left.found), "mentions": hidden(left.mentions)},
        "landing": {"lines": hidden(landed.lines), "others": [name.hidden(file) for file in landed.others]},
    }
