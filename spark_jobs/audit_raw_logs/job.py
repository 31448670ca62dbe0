"""spark-submit entry of the audit of a day's landed logs.

Counts the landed request logs anew, with another API and another parser than stage ingest, and compares file by file with ops.ledger.
"""

from collections.abc import Sequence
from pathlib import Path

from pyspark import RDD
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs import ledger_check
from spark_jobs.audit_raw_logs.blocklist import read_literals
from spark_jobs.audit_raw_logs.corrections import corrected_profiles, read_corrections
from spark_jobs.audit_raw_logs.counters import count_lines
from spark_jobs.audit_raw_logs.erased import read_erased
from spark_jobs.audit_raw_logs.findings import check_is_new, finding, save
from spark_jobs.audit_raw_logs.judging import judge
from spark_jobs.audit_raw_logs.keeping import TWO_COPIES, checkpoints, kept
from spark_jobs.audit_raw_logs.measures import malformed_lines, of_addresses, of_users, requests_of_day, walk
from spark_jobs.audit_raw_logs.raw_lines import read_raw_lines
from spark_jobs.ingest.datasets import PROFILES, REQUESTS
from spark_jobs.ingest.landing import LandedFile, duplicates, earlier_files, landed_files
from spark_jobs.ingest.unpacking import check_unpacked
from spark_jobs.lake.entry import JobParser, iso_day, natural, positive, run_job
from spark_jobs.lake.errors import DataFailed, TryAgain
from spark_jobs.lake.paths import remove
from spark_jobs.lake.session import get_session
from spark_jobs.lake.visible import visible


def build_parser() -> JobParser:
    parser = JobParser(prog="audit_raw_logs", description=__doc__)
    parser.add_argument("--day", type=iso_day, required=True, help="the landing day, YYYY-MM-DD")
    parser.add_argument("--landing-uri", required=True)
    parser.add_argument("--work-uri", required=True, help="holds the checkpoints while the job runs")
    parser.add_argument("--findings-uri", required=True, help="the folder to write; it must not exist")
    parser.add_argument("--late-days", type=natural, required=True)
    parser.add_argument("--max-line-bytes", type=natural, required=True)
    parser.add_argument("--max-file-bytes", type=natural, required=True, help="a .gz that unpacks to more is refused")
    parser.add_argument("--erasure-key-file", type=Path, required=True, help="of the list of erased users; read where there are any")
    parser.add_argument("--max-users-per-ip", type=natural, required=True, help="an address with more named users is a hub")
    parser.add_argument("--top", type=natural, required=True, help="users and addresses to name, those with the most requests")
    parser.add_argument("--max-hops", type=natural, required=True, help="hops to walk from blocked traffic")
    parser.add_argument("--checkpoint-every", type=positive, required=True, help="hops from one checkpoint to the next")
    parser.add_argument("--partitions", type=positive, required=True, help="partitions of the walk from blocked traffic")
    return parser


def main(argv: Sequence[str]) -> None:
    """Count, write the findings, and fail (DataFailed) where the counts are not those of the ledger."""
    args = build_parser().parse_args(argv)
    spark = get_session(f"audit_raw_logs {args.day}")
    sc = spark.sparkContext
    check_is_new(spark, args.findings_uri)
    requests, profiles = (landed_files(spark, args.landing_uri, dataset, args.day) for dataset in (REQUESTS, PROFILES))
    check_unpacked(spark, [*requests, *profiles], args.max_file_bytes)
    earlier = earlier_files(spark, args.landing_uri, REQUESTS, args.day, args.late_days)
    repeated = frozenset(file.source_file for file in duplicates(spark, requests, earlier))
    literals = sc.broadcast(read_literals(spark, args.landing_uri))
    profile_lines = _lines(spark, args.landing_uri, profiles)
    of_requests, of_profiles = (read_corrections(args.landing_uri, dataset, args.day) for dataset in (REQUESTS, PROFILES))
    erased = read_erased(spark, args.erasure_key_file)
    judging = judge(args.day, args.late_days, args.max_line_bytes, repeated, of_requests, erased)
    with checkpoints(spark, args.work_uri), kept(_lines(spark, args.landing_uri, requests).map(judging), TWO_COPIES) as judged:
        landed = {**ledger_check.counted_requests(judged, requests), **ledger_check.counted_lines(profile_lines, profiles)}
        found = ledger_check.differences(landed, ledger_check.read_ledger(spark, args.day, must_know_files=bool(landed)))
        of_day = requests_of_day(judged)
        bounded = [
            *(finding("difference", **one._asdict()) for one in found),
            finding("counters", **count_lines(sc, judged, literals)),
            *of_users(of_day, corrected_profiles(profile_lines, of_profiles, args.max_line_bytes), args.top),
            *of_addresses(of_day, args.top),
            *malformed_lines(judged),
        ]
        with walk(of_day, literals, args.max_users_per_ip, args.max_hops, args.checkpoint_every, args.partitions) as walked:
            save(spark, args.findings_uri, bounded, walked)
    if read_erased(spark, args.erasure_key_file) != erased:
        remove(spark, args.findings_uri)
        raise TryAgain("a user was erased while the audit was at work; its findings were removed. Run it again.")
    print("\n".join(map(visible, bounded)), flush=True)
    if found:
        raise DataFailed(
            f"{len(found)} of {len(landed)} files of {args.day} differ from ops.ledger (all in {args.findings_uri}):\n"
            f"{ledger_check.shown(found)}\n"
            "If files have changed since, run web_activity_daily for the day again; otherwise one of the two parsers is wrong."
        )


def _lines(spark: SparkSession, landing_uri: str, files: Sequence[LandedFile]) -> RDD[tuple[str, bytes]]:
    return read_raw_lines(spark, landing_uri, files) if files else spark.sparkContext.parallelize([], 1)


if __name__ == "__main__":
    run_job(main)
