"""spark-submit entry of the lake's upkeep.

Puts small files together, drops abandoned branches, expires snapshots that nobody has needed for --keep-days, removes files that no
snapshot names, and the work of dead runs. Nothing that a run at work, or a release of the last --keep-days, needs.
"""

import argparse
import time
from collections.abc import Sequence

from pyspark.sql import SparkSession

from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.session import get_session
from spark_jobs.lake.table import Table
from spark_jobs.maintain import files, snapshots, work
from spark_jobs.maintain.account import COLUMNS, account, folder_bytes
from spark_jobs.maintain.active import Active, active_stages
from spark_jobs.stream_requests.schema import ALL as LIVE

AUDITED = (*BY_NAME.values(), GATE_RESULTS, RELEASES)
DAY_SECONDS = 86400
# Iceberg itself refuses less than a day: a commit at work has written files that nothing names yet.
ORPHAN_SECONDS = 3 * 86400


def build_parser() -> JobParser:
    parser = JobParser(prog="maintain", description=__doc__)
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--keep-days", type=positive, required=True, help="how long releases can be restored and branches read")
    parser.add_argument("--dry-run", type=yes_or_no, required=True, help="yes: tell what would go, change nothing; or no")
    return parser


def yes_or_no(text: str) -> bool:
    """Parse yes or no."""
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no")
    return text == "yes"


def main(argv: Sequence[str]) -> None:
    """Tell the account of each table before and after, and what went."""
    args = build_parser().parse_args(argv)
    spark = get_session("maintain")
    now = time.time()
    active = active_stages(spark, args.work_uri, now)
    print(f"{'':28}" + "".join(f"{name:>14}" for name in COLUMNS), flush=True)
    for table in AUDITED:
        keep_table(spark, table, active, now, args.keep_days, args.dry_run)
    for table in LIVE:  # the stream expires their snapshots itself: it alone knows what has been counted
        compact_live(spark, table, active, args.dry_run)
    keep_work(spark, args.work_uri, now - args.keep_days * DAY_SECONDS, args.dry_run)


def keep_table(spark: SparkSession, table: Table, active: Active, now_seconds: float, keep_days: int, dry_run: bool) -> None:
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return
    tell(table.name, account(spark, loaded).cells())
    compacted = 0 if dry_run else files.compact(spark, table, active)
    loaded.refresh()
    found = snapshots.needless(loaded, active, int((now_seconds - keep_days * DAY_SECONDS) * 1000))
    if not dry_run:
        snapshots.remove(loaded, found)
    orphans = files.remove_orphans(spark, table, now_seconds - ORPHAN_SECONDS, dry_run)
    went = f"{len(found.branches):,} branches, {len(found.snapshots):,} snapshots, {orphans:,} orphan files"
    if dry_run:
        print(f"  would go: {went}", flush=True)
        return
    loaded.refresh()
    tell("  now", account(spark, loaded).cells())
    print(f"  gone: {went}; {compacted:,} files put together", flush=True)


def compact_live(spark: SparkSession, table: Table, active: Active, dry_run: bool) -> None:
    if load_table(spark, table) is not None and not dry_run:
        print(f"{table.name}: {files.compact(spark, table, active):,} files put together", flush=True)


def keep_work(spark: SparkSession, work_uri: str, older_than_seconds: float, dry_run: bool) -> None:
    before = folder_bytes(spark, work_uri)
    dead = work.dead(spark, work_uri, older_than_seconds)
    if not dry_run:
        work.remove_dead(spark, dead)
    left = folder_bytes(spark, work_uri)
    print(
        f"work: {len(dead):,} folders of dead runs {'would go' if dry_run else 'gone'}; {before / 2**20:,.1f} MiB, now {left / 2**20:,.1f}"
    )


def tell(name: str, cells: list[str]) -> None:
    print(f"{name:28}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    run_job(main)
