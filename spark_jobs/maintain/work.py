"""What dead runs have left in the work folder."""

from pyspark.sql import SparkSession

from spark_jobs.lake.paths import Entry, files_below, join, list_folder, remove
from spark_jobs.maintain.active import Active
from spark_jobs.stream_requests.queries import checkpoints

# Of each kind of work the folders that belong to one run, or to one connection of the stream. The stream's own checkpoints stay for ever.
LEVELS = "identities"
OF_RUNS = ("branches", LEVELS, "checkpoints", "replays")
OF_CONNECTIONS = "intake-socket-"


def dead(spark: SparkSession, work_uri: str, older_than_seconds: float, active: Active) -> list[Entry]:
    """The folders in which nothing was written since then, but for the levels of identities of days at work: who runs an old day again
    goes on from those."""
    folders = [entry for kind in OF_RUNS if kind != LEVELS for entry in list_folder(spark, join(work_uri, kind))]
    folders += [entry for entry in list_folder(spark, checkpoints(work_uri)) if entry.name.startswith(OF_CONNECTIONS)]
    levels = list_folder(spark, join(work_uri, LEVELS))
    days_at_work = tuple(str(day) for day in active.days)
    folders += [entry for entry in levels if not entry.name.startswith(days_at_work)]
    return [entry for entry in folders if newest_seconds(spark, entry) < older_than_seconds]


def newest_seconds(spark: SparkSession, folder: Entry) -> float:
    """When anything in the folder, or itself, was written last."""
    return max([folder.modified_seconds, *(entry.modified_seconds for entry in files_below(spark, folder.uri))])


def remove_dead(spark: SparkSession, folders: list[Entry]) -> None:
    for folder in folders:
        remove(spark, folder.uri)
