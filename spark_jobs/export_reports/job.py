"""Stage export_reports: the Pandas reports of a day, put in place together, then the record of their release.

Reads every table of the day at one snapshot, writes `<reports-uri>/dt=<day>/` (docs/data.md, "Report files") and adds
a row to ops.releases, which comes last: a day's newest release on record has its files.
Exit codes: 64 wrong usage, 65 a table is above --max-report-rows or another run has published it since, 66 a table was never
published, 75 another export of the day is at work or was quicker, or an erasure is at work.
"""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from secrets import token_hex

from pyspark.sql import SparkSession

from spark_jobs.export_reports.build import report_files
from spark_jobs.export_reports.places import reports_at
from spark_jobs.export_reports.report import Report
from spark_jobs.export_reports.schema import RELEASES
from spark_jobs.export_reports.sources import Sources
from spark_jobs.export_reports.summary import day_before
from spark_jobs.lake.busy import busy
from spark_jobs.lake.entry import JobParser, comma_separated, iso_day, natural, run_job
from spark_jobs.lake.failpoints import failpoint
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.session import get_session
from spark_jobs.lake.staging import append


def build_parser() -> JobParser:
    parser = JobParser(prog="export_reports", description=__doc__.partition("\n")[0])
    parser.add_argument("--day", type=iso_day, required=True, help="UTC day, YYYY-MM-DD")
    parser.add_argument("--run-id", required=True, help="whose gate results the report shows")
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--branches", type=comma_separated, required=True, help="what the run's stages have staged, comma-separated")
    parser.add_argument("--reports-uri", type=reports_at, required=True, help="folder of all reports")
    parser.add_argument("--max-report-rows", type=natural, required=True, help="a table with more rows is refused")
    parser.add_argument("--max-users-per-ip", type=natural, required=True, help="an address with more users is a hub")
    parser.add_argument("--late-days", type=natural, required=True, help="how many days late a request may be")
    parser.add_argument("--run-command", required=True, help="what people type to run a day again, with <day> in that day's place")
    return parser


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    replaces, before = args.reports_uri.current(args.day), day_before(args.reports_uri, args.day)
    spark = get_session(f"export_reports {args.day}")
    with busy(spark, args.work_uri, f"export-{args.day}-{token_hex(8)}"):
        export(spark, args, replaces, before)


def export(spark: SparkSession, args: Namespace, replaces: str | None, before: Mapping[str, int]) -> None:
    """replaces: the day's release when the job began; before: as in Report."""
    manifests = [Manifest.read(spark, args.work_uri, branch) for branch in args.branches]
    sources = Sources(spark, args.day, args.max_report_rows, manifests)
    marts = sources.marts()
    released_at = datetime.now(UTC)
    report = Report(
        day=args.day,
        run_id=args.run_id,
        release_id=release_id(args.day, released_at),
        marts=marts,
        measures=sources.measures(args.run_id),
        versions=sources.versions(marts),
        before=before,
        max_users_per_ip=args.max_users_per_ip,
        late_days=args.late_days,
        run_command=args.run_command,
    )
    files = report_files(report)
    failpoint(spark, "before_report")
    page = args.reports_uri.put(args.day, report.release_id, files, replaces, sources.check_current)
    failpoint(spark, "after_report")
    sources.check_current()
    record_release(spark, report, released_at)
    failpoint(spark, "after_release")
    for late_day, lines in report.late_lines.items():
        print(f"late lines of {late_day} that a new run of that day takes in, if it has not run since: {lines}")
    print(f"Report of {args.day}: {page}")


def release_id(day: date, now: datetime) -> str:
    """Unique, and sorted by day, then by time."""
    return f"{day.isoformat()}-{now:%Y%m%dT%H%M%SZ}-{token_hex(3)}"


def record_release(spark: SparkSession, report: Report, released_at: datetime) -> None:
    """Add the row of schema.RELEASES."""
    tables = {name: (version.snapshot_id, version.rows) for name, version in report.versions.items()}
    row = (report.day, report.release_id, report.run_id, released_at, tables)
    append(spark, RELEASES, spark.createDataFrame([row], RELEASES.schema))


if __name__ == "__main__":
    run_job(main)
