"""The landed files that hold the user: they belong to whoever has delivered them."""

from collections.abc import Callable
from dataclasses import dataclass

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest import datasets
from spark_jobs.ingest.datasets import Dataset
from spark_jobs.ingest.landing import REFUSED_CHARACTERS
from spark_jobs.ingest.lines import LINE_END, check_lines, file_lines
from spark_jobs.ingest.profiles import parse_profiles
from spark_jobs.ingest.requests import parse_requests
from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.ingest.users import parse_users
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, list_folder

PARSERS: dict[Dataset, Callable[[DataFrame], DataFrame]] = {
    datasets.USERS: parse_users,
    datasets.REQUESTS: parse_requests,
    datasets.PROFILES: parse_profiles,
}


@dataclass(frozen=True)
class Landed:
    """lines: by file, how many lines are the user's or hold the name as a word. unread: files whose names Spark would misread."""

    lines: dict[str, int]
    unread: list[str]


def landed_with(spark: SparkSession, landing_uri: str, max_line_bytes: int, user: ErasedUsers) -> Landed:
    """All landed files are searched, of complete days and of others. DataFailed: one cannot be read to its end."""
    lines: dict[str, int] = {}
    unread: list[str] = []
    for dataset, parse in PARSERS.items():
        files = landed(spark, landing_uri, dataset)
        unread += [name for name in files if REFUSED_CHARACTERS.search(name)]
        read = [join(landing_uri, name) for name in files if not REFUSED_CHARACTERS.search(name)]
        if not read:
            continue
        text = spark.read.option("lineSep", LINE_END).text(read)
        parsed = user.mark_names(parse(check_lines(file_lines(text, dataset), max_line_bytes)))
        marked = user.mark_mentions(parsed, "is_mention", where=F.lit(True))
        counted = marked.where("is_erased OR is_mention").groupBy("source_file").agg(F.count("*").alias("lines"))
        try:
            lines |= {row.source_file: row.lines for row in counted.collect()}
        except (Py4JJavaError, PySparkException) as error:
            file = unreadable_file(error)
            if file is None:
                raise
            raise DataFailed(f"{file} cannot be read to its end, so nobody can tell whether it holds the user: deliver it again") from error
    return Landed(dict(sorted(lines.items())), sorted(unread))


def landed(spark: SparkSession, landing_uri: str, dataset: Dataset) -> list[str]:
    """The dataset's files of all days, as their paths below the landing folder."""
    folders = [entry for entry in list_folder(spark, join(landing_uri, dataset.name)) if entry.is_folder and entry.name.startswith("dt=")]
    return [
        f"{dataset.name}/{folder.name}/{entry.name}"
        for folder in folders
        for entry in list_folder(spark, folder.uri)
        if not entry.is_folder and entry.name.endswith(dataset.endings)
    ]
