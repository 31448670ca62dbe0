"""The replay of the quarantine: today's parser, settings and corrections over the quarantined lines of some days.

Tells by day, dataset and reason what would pass now, and writes to --result-uri which days gain by being run again; no table is changed.
Exit codes: 64 wrong usage, 65 a file of corrections is none, 66 nothing was ever published.
"""

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.erased_users.listed import read_erased
from spark_jobs.gate.ingested import ingested_days
from spark_jobs.ingest import datasets
from spark_jobs.ingest.corrections import check_folders, read_corrections
from spark_jobs.ingest.datasets import REQUESTS, Dataset
from spark_jobs.ingest.judging import Limits
from spark_jobs.ingest.missing import gone_from_landing
from spark_jobs.ingest.reasons import Reason
from spark_jobs.ingest.schema import PROFILES, QUARANTINE, USERS
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job
from spark_jobs.lake.paths import write_text_atomic
from spark_jobs.lake.reading import published_snapshot, read_snapshot
from spark_jobs.lake.session import get_session
from spark_jobs.lake.table import Table, day_literal
from spark_jobs.replay_quarantine.gains import Gain, days_that_gain, gains, listing
from spark_jobs.replay_quarantine.judge import judged_keyed, judged_requests, lines_by_reason

ALL = "all"
GONE = "would gain too, but lie in the landing folder no more, or not whole"
ROLLED_BACK = "would gain too, but were rolled back, which a run of web_activity_daily takes back"
RED = "not published as they are now, since their gate of ingest is red; so their bad lines are not in quarantine yet"
TABLES = {"users": USERS, "profiles": PROFILES}


def build_parser() -> JobParser:
    parser = JobParser(prog="replay_quarantine", description=__doc__)
    parser.add_argument("--first-day", type=iso_day, required=True, help="landing day, YYYY-MM-DD")
    parser.add_argument("--last-day", type=iso_day, required=True, help="the last landing day, included")
    parser.add_argument("--dataset", choices=[ALL, *(dataset.name for dataset in datasets.ALL)], required=True)
    parser.add_argument("--reason", choices=[ALL, *Reason], required=True, help="why the lines were quarantined")
    parser.add_argument("--landing-uri", required=True, help="where the corrections lie, and which days have landed")
    parser.add_argument("--late-days", type=natural, required=True)
    parser.add_argument("--max-line-bytes", type=natural, required=True)
    parser.add_argument("--erasure-key-file", type=Path, required=True, help="of the list of erased users; read where there are any")
    parser.add_argument("--result-uri", required=True, help="the file to write")
    return parser


def main(argv: Sequence[str]) -> None:
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.first_day > args.last_day:
        parser.error(f"--first-day {args.first_day} is after --last-day {args.last_day}")
    spark = get_session(f"replay_quarantine {args.first_day} {args.last_day}")
    check_folders(spark, args.landing_uri)
    limits = Limits(args.late_days, args.max_line_bytes, read_erased(spark, args.erasure_key_file))
    chosen = [dataset for dataset in datasets.ALL if args.dataset in (ALL, dataset.name)]
    quarantine = of_days(spark, QUARANTINE, args.first_day, args.last_day)
    found = [gain for dataset in chosen for gain in replay(spark, quarantine, dataset, args.landing_uri, limits)]
    found = [gain for gain in found if args.reason in (ALL, gain.reason)]
    to_run, left_out = choose(spark, args, found)
    write_text_atomic(spark, args.result_uri, json.dumps({"days": [day.isoformat() for day in to_run]}))
    print("\n".join([*listing(found), *told(to_run, left_out)]), flush=True)


def choose(spark: SparkSession, args: Namespace, found: Sequence[Gain]) -> tuple[list[date], dict[str, list[date]]]:
    """The days to run, and by their reason those that gain and do not run, or of which nothing can be said."""
    tries = {row.day: row for row in ingested_days(spark).collect()}
    restored = {day for day, newest in tries.items() if newest.is_restored}
    red = [day for day, newest in tries.items() if newest.is_red and args.first_day <= day <= args.last_day]
    days = days_that_gain(found)
    gone = gone_from_landing(spark, args.landing_uri, days).keys()
    # Earlier days gain by a landing only where that is to run too: its lines would be found here again and again.
    of_runs = days_that_gain(gain for gain in found if gain.day not in gone | restored)
    to_run = [day for day in of_runs if day not in gone | restored]
    return to_run, {GONE: sorted(gone), ROLLED_BACK: [day for day in days if day in restored - gone], RED: red}


def of_days(spark: SparkSession, table: Table, first: date, last: date) -> DataFrame:
    """The table's rows of the days, both included, as they are on main. InputMissing: it was never published."""
    of_day = F.col(table.day_column)
    return read_snapshot(spark, table, published_snapshot(spark, table)).where(of_day.between(day_literal(first), day_literal(last)))


def replay(spark: SparkSession, quarantine: DataFrame, dataset: Dataset, landing_uri: str, limits: Limits) -> list[Gain]:
    """What would become of a dataset's lines. DataFailed: a file of corrections is none."""
    of_dataset = quarantine.where(F.col("dataset") == dataset.name)
    days = sorted(row.landing_day for row in of_dataset.select("landing_day").distinct().collect())
    if not days:
        return []
    corrections = [one for day in days for one in read_corrections(spark, landing_uri, dataset, day).items]
    lines = lines_by_reason(of_dataset)
    if dataset == REQUESTS:
        return gains(judged_requests(spark, lines, corrections, limits))
    accepted = of_days(spark, TABLES[dataset.name], days[0], days[-1])
    return gains(judged_keyed(spark, lines, accepted, dataset.name, corrections, limits))


def told(to_run: Sequence[date], left_out: Mapping[str, Sequence[date]]) -> list[str]:
    """The days that gain, for people, and by their reason those that do not run or that nothing can be said of."""
    lines = [f"{len(to_run)} {'day gains' if len(to_run) == 1 else 'days gain'} by being run again: {listed(to_run) or '-'}"]
    return [*lines, *(f"{why}: {listed(days)}" for why, days in left_out.items() if days)]


def listed(days: Sequence[date]) -> str:
    return ", ".join(map(str, sorted(days)))


if __name__ == "__main__":
    run_job(main)
