"""What dead runs have left in the work folder."""

from pyspark.sql import SparkSession

from spark_jobs.lake.begun import BRANCHES
from spark_jobs.lake.busy import BUSY
from spark_jobs.lake.paths import Entry, files_below, join, list_folder, remove
from spark_jobs.maintain.active import Active
from spark_jobs.stream_requests.queries import checkpoints

# Of each kind of work the folders that belong to one run, or to one connection of the stream. The stream's own checkpoints stay for ever.
OF_RUNS = (BRANCHES, "identities", "checkpoints", "replays")
OF_CONNECTIONS = "intake-socket-"


def dead(spark: SparkSession, work_uri: str, older_than_seconds: float, active: Active) -> list[Entry]:
    """The folders in which nothing was written since then, and that nobody at work needs."""
    found = [(kind, entry) for kind in (*OF_RUNS, BUSY) for entry in list_folder(spark, join(work_uri, kind))]
    folders = [entry for kind, entry in found if not is_at_work(kind, entry.name, active)]
    folders += [entry for entry in list_folder(spark, checkpoints(work_uri)) if entry.name.startswith(OF_CONNECTIONS)]
    return [entry for entry in folders if newest_seconds(spark, entry) < older_than_seconds]


def is_at_work(kind: str, name: str, active: Active) -> bool:
    """Whether the folder is that of a try at work, or holds the levels of its day: who runs an old day again goes on from those."""
    days = tuple(str(day) for day in active.days)
    return (kind == BRANCHES and name in active.branches) or (kind == "identities" and name.startswith(days))


def newest_seconds(spark: SparkSession, folder: Entry) -> float:
    """When anything in the folder, or itself, was written last."""
    return max([folder.modified_seconds, *(entry.modified_seconds for entry in files_below(spark, folder.uri))])


def remove_dead(spark: SparkSession, folders: list[Entry]) -> None:
    for folder in folders:
        remove(spark, folder.uri)
