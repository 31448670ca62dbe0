"""spark-submit entry of the lake's upkeep.

Puts small files together, drops abandoned branches, expires snapshots that nobody has needed for --keep-days, removes files that no
snapshot names, and the work of dead runs. Nothing that a run at work, or a release of the last --keep-days, needs.
"""

import argparse
import time
from collections.abc import Callable, Sequence

from pyspark.sql import SparkSession

from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.session import get_session
from spark_jobs.lake.table import Table
from spark_jobs.maintain import files, snapshots, work
from spark_jobs.maintain.account import COLUMNS, Account, account, folder_bytes
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

    def at_work() -> Active:
        return active_stages(spark, args.work_uri, time.time())

    print(f"{'':28}" + "".join(f"{name:>14}" for name in COLUMNS), flush=True)
    for table in AUDITED:
        keep_table(spark, table, at_work, now, args.keep_days, args.dry_run)
    for table in LIVE:
        keep_live_table(spark, table, at_work, now, args.dry_run)
    keep_work(spark, args.work_uri, now - args.keep_days * DAY_SECONDS, args.dry_run)


def keep_table(spark: SparkSession, table: Table, at_work: Callable[[], Active], now_seconds: float, keep_days: int, dry_run: bool) -> None:
    """at_work: asked anew for each table, since stages begin while the upkeep goes on."""
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return
    tell(table.name, account(spark, loaded).cells())
    compacted = files.compact(spark, table, at_work(), dry_run)
    loaded.refresh()
    # Asked after the branches are known: a stage says that it has begun before it makes its branch.
    found = snapshots.needless(loaded, at_work(), int((now_seconds - keep_days * DAY_SECONDS) * 1000))
    if not dry_run:
        snapshots.remove(loaded, found)
    orphans = files.remove_orphans(spark, table, now_seconds - ORPHAN_SECONDS, dry_run)
    loaded.refresh()
    went = f"{len(found.branches):,} branches, {len(found.snapshots):,} snapshots, {orphans:,} orphan files"
    tell_end(account(spark, loaded), went, compacted, dry_run)


def keep_live_table(spark: SparkSession, table: Table, at_work: Callable[[], Active], now_seconds: float, dry_run: bool) -> None:
    """The stream expires the snapshots of its tables itself: it alone knows what has been counted."""
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return
    tell(table.name, account(spark, loaded).cells())
    compacted = files.compact(spark, table, at_work(), dry_run)
    orphans = files.remove_orphans(spark, table, now_seconds - ORPHAN_SECONDS, dry_run)
    loaded.refresh()
    tell_end(account(spark, loaded), f"{orphans:,} orphan files", compacted, dry_run)


def keep_work(spark: SparkSession, work_uri: str, older_than_seconds: float, dry_run: bool) -> None:
    before = folder_bytes(spark, work_uri)
    dead = work.dead(spark, work_uri, older_than_seconds)
    if not dry_run:
        work.remove_dead(spark, dead)
    left = folder_bytes(spark, work_uri)
    print(
        f"work: {len(dead):,} folders of dead runs {'would go' if dry_run else 'gone'}; {before / 2**20:,.1f} MiB, now {left / 2**20:,.1f}"
    )


def tell_end(after: Account, went: str, compacted: int, dry_run: bool) -> None:
    if dry_run:
        print(f"  would go: {went}; {compacted:,} files would be put together", flush=True)
    else:
        tell("  now", after.cells())
        print(f"  gone: {went}; {compacted:,} files put together", flush=True)


def tell(name: str, cells: list[str]) -> None:
    print(f"{name:28}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    run_job(main)
