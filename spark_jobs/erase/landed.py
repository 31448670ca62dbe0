"""The landed files that hold the user: they belong to whoever has delivered them."""

from collections.abc import Callable
from dataclasses import dataclass

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erase.folders import File, files_of
from spark_jobs.erase.name import Name
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest import datasets
from spark_jobs.ingest.corrections import ENDING, FOLDER
from spark_jobs.ingest.datasets import Dataset
from spark_jobs.ingest.landing import REFUSED_CHARACTERS
from spark_jobs.ingest.lines import LINE_END, check_lines, file_lines
from spark_jobs.ingest.profiles import parse_profiles
from spark_jobs.ingest.requests import parse_requests
from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.ingest.users import parse_users
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, list_folder
from spark_jobs.lake.visible import visible

PARSERS: dict[Dataset, Callable[[DataFrame], DataFrame]] = {
    datasets.USERS: parse_users,
    datasets.REQUESTS: parse_requests,
    datasets.PROFILES: parse_profiles,
}


@dataclass(frozen=True)
class Landed:
    """lines: by file, of corrections too, how many lines are the user's or hold the name as a word. others: the other files of the folder
    that hold the name as a word: the blocklist, what is still being delivered, and what no run would read."""

    lines: dict[str, int]
    others: list[str]


def landed_with(spark: SparkSession, landing_uri: str, max_line_bytes: int, user: ErasedUsers, name: Name) -> Landed:
    """All landed files are searched, of complete days and of others. DataFailed: one cannot be read to its end."""
    lines: dict[str, int] = {}
    read: set[str] = set()
    for dataset in PARSERS:
        for folder, endings, lines_of in (
            (dataset.name, dataset.endings, file_lines),
            (f"{FOLDER}/{dataset.name}", (ENDING,), replacements),
        ):
            files = [file for file in files_of_all_days(spark, landing_uri, folder, endings) if _is_read_by_spark(file)]
            read |= set(files)
            if files:
                text = spark.read.option("lineSep", LINE_END).text([join(landing_uri, file) for file in files])
                lines |= _lines_by_file(lines_of(text, dataset), dataset, max_line_bytes, user)
    others = [file.below for file in files_of(landing_uri) if file.below not in read and _holds(file, name)]
    return Landed(dict(sorted(lines.items())), sorted(others))


def _holds(file: File, name: Name) -> bool:
    try:
        return file.holds(name.anywhere, name.longest_bytes)
    except FileNotFoundError:
        return False  # its delivery came to an end meanwhile, and runs leave the user's lines out


def _is_read_by_spark(file: str) -> bool:
    """Not one whose name Spark would take for a pattern, nor one that it takes for hidden."""
    return not REFUSED_CHARACTERS.search(file) and not file.rpartition("/")[2].startswith((".", "_"))


def files_of_all_days(spark: SparkSession, landing_uri: str, folder: str, endings: tuple[str, ...]) -> list[str]:
    """The files of a folder of days, as their paths below the landing folder."""
    days = [entry for entry in list_folder(spark, join(landing_uri, folder)) if entry.is_folder and entry.name.startswith("dt=")]
    return [
        f"{folder}/{day.name}/{entry.name}"
        for day in days
        for entry in list_folder(spark, day.uri)
        if not entry.is_folder and entry.name.endswith(endings)
    ]


def replacements(text: DataFrame, dataset: Dataset) -> DataFrame:
    """As file_lines, of files of corrections: what stands in for each landed line; a line that is no such correction stays as it is."""
    replacement = F.get_json_object(F.col("line").cast("string"), "$.replacement").cast("binary")
    source_file = F.concat(F.lit(f"{FOLDER}/"), "source_file")
    return file_lines(text, dataset).select(source_file.alias("source_file"), F.coalesce(replacement, "line").alias("line"))


def _lines_by_file(lines: DataFrame, dataset: Dataset, max_line_bytes: int, user: ErasedUsers) -> dict[str, int]:
    parsed = user.mark_names(PARSERS[dataset](check_lines(lines, max_line_bytes)))
    marked = user.mark_mentions(parsed, "is_mention", F.col("line"), where=F.lit(True))
    counted = marked.where("is_erased OR is_mention").groupBy("source_file").agg(F.count("*").alias("lines"))
    try:
        return {row.source_file: row.lines for row in counted.collect()}
    except (Py4JJavaError, PySparkException) as error:
        file = unreadable_file(error)
        if file is None:
            raise
        raise DataFailed(
            f"{visible(file)} cannot be read to its end, so nobody can tell whether it holds the user: deliver it again"
        ) from error
