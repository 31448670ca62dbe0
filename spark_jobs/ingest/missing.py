"""What a new run of a day would miss: files that it was made of and that are no longer in the landing folder."""

from collections.abc import Iterable
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.ingest import datasets
from spark_jobs.ingest.landing import MARKER
from spark_jobs.ingest.schema import LEDGER
from spark_jobs.lake.paths import exists, join
from spark_jobs.lake.reading import current_snapshot, read_snapshot


def gone_from_landing(spark: SparkSession, landing_uri: str, days: Iterable[date]) -> dict[date, list[str]]:
    """By day the paths below the landing folder, sorted; only days that miss some.

    Looked for are the day's markers, and every file of which its ledger counts lines, those of later landings too.
    """
    needed = {day: {f"{dataset.folder(day)}/{MARKER}" for dataset in datasets.ALL} for day in days}
    ledger_id = current_snapshot(spark, LEDGER)
    if needed and ledger_id is not None:
        of_days = F.col("landing_day").isin(sorted(needed)) & (F.col("lines") + F.col("arrived_late") > 0)
        for row in read_snapshot(spark, LEDGER, ledger_id).where(of_days).select("landing_day", "source_file").collect():
            needed[row.landing_day].add(row.source_file)
    gone = {day: sorted(name for name in names if not exists(spark, join(landing_uri, name))) for day, names in needed.items()}
    return {day: names for day, names in gone.items() if names}
