"""The first half: the hash goes on the list, and the days are told that must run again without the user."""

from datetime import UTC, date, datetime
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.at_work import require_nobody_at_work
from spark_jobs.erase.find import landing_days, rows_of_user
from spark_jobs.erase.name import Name
from spark_jobs.erase.state import State
from spark_jobs.erase.tables import AUDITED
from spark_jobs.erased_users.key import Key, create_key
from spark_jobs.erased_users.listed import as_erased, key_of_list, read_list
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.erased_users.schema import ERASED
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.ingest.missing import gone_from_landing
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.reading import current_snapshot, read_snapshot
from spark_jobs.lake.staging import append
from spark_jobs.lake.visible import visible

NAMES_SHOWN = 10


def the_key(spark: SparkSession, key_file: Path) -> Key:
    """The key of the list; made where nobody was erased before and there is none. Errors: those of key_of_list."""
    listed = read_list(spark)
    if not listed and not key_file.exists():
        create_key(key_file)
    return key_of_list(key_file, listed)


def this_user(spark: SparkSession, key: Key, name: Name) -> ErasedUsers:
    """The one user, in the form in which frames are searched for the erased."""
    return as_erased(spark, key, name.listed_with(key))


def begin(spark: SparkSession, name: Name, key: Key, landing_uri: str, work_uri: str, reports_days: set[date], run_id: str) -> State:
    """Record the erasure and plan it. reports_days: days whose reports hold the name.

    Nothing is changed before every file of these days has been found in the landing folder: a day is made from there, and what no file
    holds any more would be lost with the releases before the erasure.
    TryAgain: stages are at work. InputMissing: files of an affected day are no longer there.
    """
    require_nobody_at_work(spark, work_uri)
    user_hmac, user = name.hash_with(key), this_user(spark, key, name)
    state = State.read(spark, work_uri, user_hmac) or State(user_hmac, datetime.now(UTC).isoformat(timespec="microseconds"))
    rows = rows_of_user(spark, AUDITED, user)
    affected = {date.fromisoformat(day) for by_day in rows.values() for day in by_day} | reports_days
    _require_landed(spark, landing_uri, affected)
    landings = landing_days(spark, rows, user)
    counted = landings - gone_from_landing(spark, landing_uri, landings).keys()
    put_on_list(spark, name, key, run_id)
    state.add_rows(rows)
    state.days = sorted({*state.days, *(day.isoformat() for day in affected | counted)})
    state.to_run = sorted({*_without_release(spark, state), *(day.isoformat() for day in affected)})
    state.run_ids.append(run_id)
    state.write(spark, work_uri)
    return state


def put_on_list(spark: SparkSession, name: Name, key: Key, run_id: str) -> None:
    """The name and its forms, less what is there."""
    now, known = datetime.now(UTC), set(read_list(spark))
    new = [one for one in name.listed_with(key) if one not in known]
    rows = [(now.date(), one.user_hmac, one.characters, one.key_id, now, run_id, one.is_form) for one in new]
    if rows:
        append(spark, ERASED, spark.createDataFrame(rows, ERASED.schema))


def _without_release(spark: SparkSession, state: State) -> set[str]:
    """The days that have no release since the erasure began."""
    snapshot_id = current_snapshot(spark, RELEASES)
    if snapshot_id is None:
        return set(state.days)
    since = read_snapshot(spark, RELEASES, snapshot_id).where(F.col("released_at") > F.lit(datetime.fromisoformat(state.begun_at)))
    return set(state.days) - {row.day.isoformat() for row in since.select("day").distinct().collect()}


def _require_landed(spark: SparkSession, landing_uri: str, days: set[date]) -> None:
    gone = gone_from_landing(spark, landing_uri, days)
    if gone:
        names = [name for day in sorted(gone) for name in gone[day]]
        listed = [f"  {visible(name)}" for name in names[:NAMES_SHOWN]]
        if len(names) > NAMES_SHOWN:
            listed.append(f"  and {len(names) - NAMES_SHOWN:,} more")
        raise InputMissing(
            f"the user is in tables or reports of {', '.join(map(str, sorted(gone)))}. A day is made anew from its landed files, without "
            "the user, and these of them are no longer there:\n" + "\n".join(listed) + "\n"
            "Land them again (without the user's lines, if you like) and erase again; a day that is now delivered otherwise, run first. "
            "Nothing was changed."
        )
