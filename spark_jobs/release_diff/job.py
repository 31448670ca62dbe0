"""What two releases of a day differ in: rows added, removed and changed, table by table, counted by Spark.

Exit codes: 64 wrong usage, 66 no such release, or its snapshots have expired.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import SparkSession

from spark_jobs.gate.schema import BY_NAME
from spark_jobs.lake.difference import Difference, day_difference
from spark_jobs.lake.entry import JobParser, iso_day, run_job
from spark_jobs.lake.reading import read_day
from spark_jobs.lake.session import get_session
from spark_jobs.lake.table import Table
from spark_jobs.lake.visible import visible
from spark_jobs.releases.record import Release, find_release, release_name, require_kept

COLUMNS = ("rows before", "rows after", "added", "removed", "changed")


def build_parser() -> JobParser:
    parser = JobParser(prog="release_diff", description=__doc__.partition("\n")[0])
    parser.add_argument("--day", type=iso_day, required=True, help="UTC day, YYYY-MM-DD")
    parser.add_argument("--from", dest="before", metavar="RELEASE", type=release_name, required=True)
    parser.add_argument("--to", dest="after", metavar="RELEASE", type=release_name, required=True)
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session(f"release_diff {args.day}")
    before, after = (find_release(spark, args.day, name) for name in (args.before, args.after))
    for release in (before, after):
        require_kept(spark, release)
    differences = {name: _difference(spark, table, before, after) for name, table in BY_NAME.items()}
    print("\n".join(told(before, after, differences)), flush=True)


def _difference(spark: SparkSession, table: Table, before: Release, after: Release) -> Difference:
    old, new = (read_day(spark, table, one.day, one.snapshots[table.name]) for one in (before, after))
    return day_difference(table, old, new)


def told(before: Release, after: Release, differences: Mapping[str, Difference]) -> list[str]:
    """A line for each table, with below it an example of each kind of difference."""
    width = max(map(len, differences))
    lines = [
        f"{before.day}: from {before.release_id} to {after.release_id}",
        f"{'table':{width}}" + "".join(f"{name:>13}" for name in COLUMNS),
    ]
    for name, found in differences.items():
        counts = (before.rows[name], after.rows[name], found.added, found.removed, found.changed)
        lines.append(f"{name:{width}}" + "".join(f"{'-' if count is None else f'{count:,}':>13}" for count in counts))
        lines += [f"  {kind}, e.g. {_key(BY_NAME[name], key)}" for kind, key in sorted(found.examples.items())]
    return lines


def _key(table: Table, key: Sequence[object]) -> str:
    return ", ".join(f"{column} {visible(str(value))}" for column, value in zip(table.key, key, strict=True))


if __name__ == "__main__":
    run_job(main)
