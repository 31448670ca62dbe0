"""spark-submit entry of the lake's upkeep.

Removes the work of dead runs and files that no snapshot names, drops abandoned branches, expires snapshots that nobody has needed for
--keep-days, and puts small files together. Nothing that a run at work, or a release of the last --keep-days, needs. What needs no room
comes first, as the disk may be full.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from pyspark.sql import SparkSession

from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.gate.schema import BY_NAME, GATE_RESULTS
from spark_jobs.lake.busy import busy
from spark_jobs.lake.entry import JobParser, positive, run_job
from spark_jobs.lake.iceberg import ensure_properties, load_table
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
    upkeep = Upkeep(spark, args.work_uri, time.time(), args.keep_days, args.dry_run)
    with nullcontext() if args.dry_run else busy(spark, args.work_uri, f"upkeep-{token_hex(8)}"):
        keep_work(upkeep)
        tell("", COLUMNS)
        for table in (*AUDITED, *LIVE):
            keep_table(upkeep, table)


@dataclass(frozen=True)
class Upkeep:
    """One run of the upkeep. now_seconds: when it began."""

    spark: SparkSession
    work_uri: str
    now_seconds: float
    keep_days: int
    dry_run: bool

    @property
    def kept_from_seconds(self) -> float:
        return self.now_seconds - self.keep_days * DAY_SECONDS

    def at_work(self) -> Active:
        """Asked anew for each table, since stages begin while the upkeep goes on."""
        return active_stages(self.spark, self.work_uri, time.time())


def keep_table(upkeep: Upkeep, table: Table) -> None:
    spark, dry_run = upkeep.spark, upkeep.dry_run
    loaded = load_table(spark, table)
    if loaded is None or loaded.currentSnapshot() is None:
        return
    tell(table.name, account(spark, loaded).cells())
    orphans = files.remove_orphans(spark, table, upkeep.now_seconds - ORPHAN_SECONDS, dry_run)
    if not dry_run:
        ensure_properties(loaded)
    # The stream expires the snapshots of its tables itself: it alone knows what has been counted.
    went = [] if table in LIVE else [expire(upkeep, loaded)]
    compacted = files.compact(spark, table, upkeep.at_work(), dry_run)
    loaded.refresh()
    tell_end(account(spark, loaded), ", ".join([*went, f"{orphans:,} orphan files"]), compacted, dry_run)


def expire(upkeep: Upkeep, loaded: Any) -> str:
    """Drop the branches and snapshots of a table that nobody needs; how many, in words."""
    loaded.refresh()
    # Asked after the branches are known: a stage says that it has begun before it makes its branch.
    found = snapshots.needless(loaded, upkeep.at_work(), int(upkeep.kept_from_seconds * 1000))
    if not upkeep.dry_run:
        snapshots.remove(loaded, found)
    return f"{len(found.branches):,} branches, {len(found.snapshots):,} snapshots"


def keep_work(upkeep: Upkeep) -> None:
    before = folder_bytes(upkeep.spark, upkeep.work_uri)
    dead = work.dead(upkeep.spark, upkeep.work_uri, upkeep.kept_from_seconds, upkeep.at_work())
    if not upkeep.dry_run:
        work.remove_dead(upkeep.spark, dead)
    left = folder_bytes(upkeep.spark, upkeep.work_uri)
    goes = "would go" if upkeep.dry_run else "gone"
    print(f"work: {len(dead):,} folders of dead runs {goes}; {before / 2**20:,.1f} MiB, now {left / 2**20:,.1f}", flush=True)


def tell_end(after: Account, went: str, compacted: int, dry_run: bool) -> None:
    if dry_run:
        print(f"  would go: {went}; {compacted:,} files would be put together", flush=True)
    else:
        tell("  now", after.cells())
        print(f"  gone: {went}; {compacted:,} files put together", flush=True)


def tell(name: str, cells: Sequence[str]) -> None:
    print(f"{name:28}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    run_job(main)
