"""spark-submit entry: core.activity of a day to mart.identities of that day, staged on a branch."""

from argparse import Namespace
from collections.abc import Sequence

from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.identities.clusters import clusters
from spark_jobs.identities.edges import graph_edges, hub_ips, user_ip_links, users_of_hubs
from spark_jobs.identities.levels import Work, find_components
from spark_jobs.identities.manifest import Level
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.lake.begun import StageTry, begun
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job
from spark_jobs.lake.paths import join
from spark_jobs.lake.reading import day_fingerprint, published_snapshot, read_day
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import stage_day


def build_parser() -> JobParser:
    parser = JobParser(prog="identities", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="event day to work on, YYYY-MM-DD")
    parser.add_argument("--branch", required=True, help="branch that the rows are staged on")
    parser.add_argument("--run-id", required=True, help="run that stages them")
    parser.add_argument("--work-uri", required=True, help="folder of what stages keep while they work; survives a try")
    parser.add_argument("--max-users-per-ip", type=natural, required=True, help="an address with more named users links nobody")
    parser.add_argument("--finish-edges", type=natural, required=True, help="at most so many edges are finished in one task")
    parser.add_argument("--partitions", type=positive, required=True, help="tasks of the first level")
    return parser


def positive(text: str) -> int:
    """Parse a whole number from 1."""
    value = natural(text)
    if value == 0:
        raise ValueError("0 is not positive")
    return value


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    spark = get_session(f"identities {args.day}")
    with begun(spark, StageTry("identities", args.day, args.run_id, args.branch, args.work_uri)) as tried:
        snapshot_id = published_snapshot(spark, ACTIVITY)
        links = user_ip_links(read_day(spark, ACTIVITY, args.day, snapshot_id)).persist()
        hubs = hub_ips(links, args.max_users_per_ip).persist()
        work = work_of(args, day_fingerprint(spark, ACTIVITY, args.day, snapshot_id))
        components = find_components(spark, graph_edges(links, hubs), work, print_level).persist()
        frame = clusters(users_of_hubs(links, hubs), components, args.day)
        stage_day(spark, tried, {IDENTITIES: frame}, {ACTIVITY: snapshot_id})


def work_of(args: Namespace, fingerprint: str) -> Work:
    """The work folder, shared by all tries and runs that read the same rows of the day with the same hub limit."""
    key = f"{args.day}-{fingerprint}-{args.max_users_per_ip}"
    return Work(join(args.work_uri, "identities", key), key, args.finish_edges, args.partitions)


def print_level(level: Level, resumed: bool) -> None:
    """One line per level; an earlier try's levels are marked as resumed."""
    print(
        f"identities level={level.number} edges_in={level.edges_in} edges_out={level.edges_out} nodes={level.nodes} "
        f"tasks={level.tasks} seconds={level.seconds} {'resumed' if resumed else 'done'}",
        flush=True,
    )


if __name__ == "__main__":
    run_job(main)
