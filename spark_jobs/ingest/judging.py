"""What becomes of the lines of a landed day: parsed once, corrected where the landing says so, and given their outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.listed import NOBODY
from spark_jobs.erased_users.matching import ErasedUsers
from spark_jobs.ingest import datasets
from spark_jobs.ingest.correcting import corrected, judged_fixes, uncorrected
from spark_jobs.ingest.corrections import Correction, Corrections, check_folders, read_corrections
from spark_jobs.ingest.datasets import PROFILES, REQUESTS, USERS
from spark_jobs.ingest.landing import LandedFile, duplicates, earlier_files, landed_files, later_files
from spark_jobs.ingest.lines import check_lines, landing_day_of_file, place_of_line, read_lines
from spark_jobs.ingest.outcomes import MARKS, is_of, judge_keyed, judge_requests, with_conflicts
from spark_jobs.ingest.profiles import parse_profiles
from spark_jobs.ingest.reasons import Outcome
from spark_jobs.ingest.requests import judge_window, mentions_day, parse_requests
from spark_jobs.ingest.users import parse_users
from spark_jobs.lake.table import day_literal

# Of the keyed datasets the columns beside the key.
VALUES = {USERS.name: ("name", "age", "gender"), PROFILES.name: ("info",)}
PARSERS: dict[str, Callable[[DataFrame], DataFrame]] = {USERS.name: parse_users, PROFILES.name: parse_profiles}
NO_FILES: set[LandedFile] = set()


@dataclass(frozen=True)
class Limits:
    """The settings, and the list of erased users, that decide what a line is."""

    late_days: int
    max_line_bytes: int
    erased: ErasedUsers = NOBODY


@dataclass(frozen=True)
class JudgedLanding:
    """lines: every line that the run reads, by dataset, with its outcome. files: those they are of. corrections: of the day, by dataset."""

    lines: dict[str, DataFrame]
    files: list[LandedFile]
    corrections: Mapping[str, Corrections]


def judge_landing(spark: SparkSession, landing_uri: str, day: date, limits: Limits) -> JudgedLanding:
    """Judge a complete landed day, with the late lines that later complete landings bring for it."""
    users, requests, profiles = (landed_files(spark, landing_uri, dataset, day) for dataset in datasets.ALL)
    later = later_files(spark, landing_uri, REQUESTS, day, limits.late_days)
    repeated = duplicates(spark, requests, earlier_files(spark, landing_uri, REQUESTS, day, limits.late_days))
    check_folders(spark, landing_uri)
    corrections = {dataset.name: read_corrections(spark, landing_uri, dataset, day) for dataset in datasets.ALL}
    lines = {
        dataset.name: keyed_lines(
            spark, read_lines(spark, files), dataset.name, corrections[dataset.name].items, limits, duplicates(spark, files, [])
        )
        for dataset, files in ((USERS, users), (PROFILES, profiles))
    }
    own = request_lines(spark, read_lines(spark, requests), corrections[REQUESTS.name].items, day_literal(day), limits, repeated)
    lines[REQUESTS.name] = judge_requests(own, day, repeated, limits.erased)
    if later:
        of_later = [one for each in _days(later) for one in read_corrections(spark, landing_uri, REQUESTS, each).items]
        lines[REQUESTS.name] = lines[REQUESTS.name].unionByName(_arrived_late(spark, later, of_later, day, limits))
    return JudgedLanding(lines, [*users, *requests, *profiles, *later], corrections)


def request_lines(
    spark: SparkSession,
    lines: DataFrame,
    corrections: Sequence[Correction],
    landing_day: Column,
    limits: Limits,
    repeated: set[LandedFile] = NO_FILES,
) -> DataFrame:
    """Lines (source_file, line) of requests, parsed, judged against the window of their landing day, and corrected where they are bad.

    Whether a line, or what stands in for it, is an erased user's is marked in `is_erased`.
    """

    def judge(lines: DataFrame) -> DataFrame:
        judged = judge_window(parse_requests(check_lines(lines, limits.max_line_bytes)), landing_day, limits.late_days)
        return limits.erased.mark_names(judged)

    is_bad = F.col("reason").isNotNull() & ~is_of(repeated)
    return corrected(uncorrected(judge(lines)), judged_fixes(spark, corrections, judge), is_bad)


def keyed_lines(
    spark: SparkSession, lines: DataFrame, dataset: str, corrections: Sequence[Correction], limits: Limits, repeated: set[LandedFile]
) -> DataFrame:
    """Lines (source_file, line) of users or profiles with their outcomes."""

    def parse(lines: DataFrame) -> DataFrame:
        return parse_keyed(lines, dataset, limits)

    fixes = judged_fixes(spark, corrections, parse)
    return judge_corrected(uncorrected(parse(lines)), fixes, VALUES[dataset], repeated, limits.erased)


def parse_keyed(lines: DataFrame, dataset: str, limits: Limits) -> DataFrame:
    """Lines (source_file, line) of users or profiles, parsed; `is_erased` as in request_lines."""
    return limits.erased.mark_names(PARSERS[dataset](check_lines(lines, limits.max_line_bytes)))


def judge_corrected(
    parsed: DataFrame, fixes: DataFrame | None, values: Sequence[str], repeated: set[LandedFile], erased: ErasedUsers
) -> DataFrame:
    """Users or profiles, corrected and judged.

    First the lines that are bad by themselves are corrected. Then the rows of each key are compared, replacements among them; where they
    disagree, the corrections of landed lines apply too, and the rows are compared once more.
    """
    if fixes is not None:
        sound = corrected(parsed, fixes, F.col("reason").isNotNull() & ~is_of(repeated))
        parsed = corrected(with_conflicts(sound, values, repeated).drop("group_key"), fixes, F.col("is_conflict")).drop("is_conflict")
    return judge_keyed(parsed, values, repeated, erased)


def _arrived_late(spark: SparkSession, files: list[LandedFile], corrections: Sequence[Correction], day: date, limits: Limits) -> DataFrame:
    """The lines of later landings that mention the day; those that are valid, of the day and of no erased user are ARRIVED_LATE, the others
    nothing.

    Only these are parsed, and those whose correction makes a request of the day of them. The outcome is a column and not a filter:
    Spark would push the filter, with the whole parser copied into it, below the parser.
    """
    is_of_day = F.col("reason").isNull() & (F.col("event_day") == day_literal(day))
    of_day = _corrected_to(spark, corrections, is_of_day, limits)
    may_be = mentions_day(F.col("line").cast("string"), day)
    if of_day:
        may_be = may_be | place_of_line().isin([one.place for one in of_day])
    mentioning = read_lines(spark, files).where(may_be)
    judged = request_lines(spark, mentioning, of_day, landing_day_of_file(), limits)
    is_late = F.when(is_of_day & ~F.col("is_erased"), Outcome.ARRIVED_LATE)
    return judged.withColumns({"line": F.lit(None).cast("binary"), "outcome": is_late}).drop(*MARKS)


def _corrected_to(spark: SparkSession, corrections: Sequence[Correction], condition: Column, limits: Limits) -> list[Correction]:
    """Those of the corrections whose replacement is a request that fulfils the condition."""
    if not corrections:
        return []
    lines = spark.createDataFrame([(one.place, one.replacement) for one in corrections], "source_file string, line binary")
    judged = request_lines(spark, lines.where("line IS NOT NULL"), [], landing_day_of_file(), limits)
    places = {row.source_file for row in judged.where(condition).select("source_file").collect()}
    return [one for one in corrections if one.place in places]


def _days(files: Sequence[LandedFile]) -> list[date]:
    return sorted({file.day for file in files})
