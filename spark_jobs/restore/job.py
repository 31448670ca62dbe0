"""Stage restore: the rows that a release of a day held in the tables of one stage, staged as that stage would.

Reads nothing of the landing folder. The gate of that stage audits and publishes what is staged; main is never moved back, so other days
stay as they are. The manifest's inputs are main's snapshots of now, which hold what this run has restored of the earlier stages.
Exit codes: 64 wrong usage, 65 another run has published an earlier stage since, 66 no such release, or its snapshots have expired, 75 lost
a race.
"""

from collections.abc import Sequence

from spark_jobs.gate.schema import READ, STAGED
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.entry import JobParser, comma_separated, iso_day, run_job
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import check_published
from spark_jobs.lake.reading import published_snapshot, read_day
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day
from spark_jobs.releases.record import find_release, release_name, require_kept

NOTHING = "none"


def build_parser() -> JobParser:
    parser = JobParser(prog="restore", description=__doc__.partition("\n")[0])
    parser.add_argument("--stage", choices=sorted(STAGED), required=True, help="whose tables are restored")
    parser.add_argument("--day", type=iso_day, required=True, help="UTC day, YYYY-MM-DD")
    parser.add_argument("--release", type=release_name, required=True, help="the release to go back to; job releases lists them")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--branch", required=True, help="the branch of this try; nobody else writes it")
    parser.add_argument("--work-uri", required=True)
    parser.add_argument(
        "--branches", type=restored_before, required=True, help=f"what the run has restored before, comma-separated, or {NOTHING}"
    )
    return parser


def restored_before(text: str) -> list[str]:
    """Parse branches with commas between them, or the word for none."""
    return [] if text == NOTHING else comma_separated(text)


def main(argv: Sequence[str]) -> None:
    """Stage the day as the release held it. Every table of the release is looked up first, those of later stages too: a rollback that
    could not be finished is not begun."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"restore {args.stage} {args.day}")
    release = find_release(spark, args.day, args.release)
    restoring = StageTry(args.stage, args.day, args.run_id, args.branch, args.work_uri)
    with begun(spark, restoring, needs=release.snapshots.values()) as tried:
        # Told before it is looked: what is found here, no upkeep that begins from now on takes away.
        require_kept(spark, release)
        inputs = {table: published_snapshot(spark, table) for table in READ[args.stage]}
        for manifest in [Manifest.read(spark, args.work_uri, branch) for branch in args.branches]:
            for table in [table for table in inputs if table.name in manifest.tables]:
                check_published(spark, table, manifest, inputs[table])
        snapshots = {table: release.snapshots[table.name] for table in STAGED[args.stage]}
        frames = {table: read_day(spark, table, args.day, snapshot_id) for table, snapshot_id in snapshots.items()}
        stage_day(spark, tried, frames, inputs, restored=snapshots)


if __name__ == "__main__":
    run_job(main)
