"""spark-submit entry of every gate."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Thread

from pyspark.sql import SparkSession

from spark_jobs.erased_users.listed import check_list
from spark_jobs.gate.restored import audit_rows, not_asked, without_the_landing
from spark_jobs.gate.schema import BY_NAME, STAGED
from spark_jobs.gate.suites import Suite, load_suite
from spark_jobs.gate.verdicts import Verdict, explain, record, write_refused, write_verdict
from spark_jobs.gate.views import register_views
from spark_jobs.lake.entry import JobParser, iso_day, natural, run_job, share
from spark_jobs.lake.errors import DataFailed, WrongUsage
from spark_jobs.lake.failpoints import failpoint
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import check_bases, check_inputs, publish_day
from spark_jobs.lake.session import get_session


def build_parser() -> JobParser:
    parser = JobParser(prog="gate", description=__doc__)
    parser.add_argument("--stage", choices=sorted(STAGED), required=True)
    parser.add_argument("--day", type=iso_day, required=True, help="YYYY-MM-DD")
    parser.add_argument("--branch", required=True, help="the branch that the stage's try has staged")
    parser.add_argument("--landing-uri", required=True)
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--suites", type=Path, required=True, help="folder of the GX suites")
    parser.add_argument("--max-quarantined-share", type=share, required=True)
    parser.add_argument("--late-days", type=natural, required=True)
    parser.add_argument("--max-users-per-ip", type=natural, required=True)
    parser.add_argument("--young-below-years", type=natural, required=True)
    return parser


def main(argv: Sequence[str]) -> None:
    """Audit the staged day of a stage; publish all of its tables if no critical expectation failed.

    DataFailed: a critical expectation failed; main is as it was. Any crash before the first publish leaves main as it was too;
    one between two publishes is mended by running the gate again, since publishing again changes nothing.
    """
    args = build_parser().parse_args(argv)
    # Great Expectations takes seconds to import; meanwhile the session starts and the day is looked up.
    Thread(target=import_module, args=("spark_jobs.gate.validate",), daemon=True).start()
    spark = get_session(f"gate {args.stage} {args.day}")
    manifest = Manifest.read(spark, args.work_uri, args.branch)
    if (manifest.stage, manifest.day) != (args.stage, args.day):
        raise WrongUsage(f"branch {args.branch} holds {manifest.stage} of {manifest.day}, not {args.stage} of {args.day}")
    names = ("max_quarantined_share", "late_days", "max_users_per_ip", "young_below_years")
    register_views(spark, manifest, args.landing_uri, {name: getattr(args, name) for name in names})
    suites = [load_suite(args.suites, table) for table in STAGED[args.stage]]
    if manifest.restored:
        suites = [without_the_landing(suite) for suite in suites]
    verdicts = [*audit(spark, suites), *audit_rows(spark, manifest, suites)]
    record(spark, manifest, verdicts)
    message = explain(manifest, verdicts, write_verdict(spark, args.work_uri, manifest, verdicts), not_asked(manifest))
    if any(verdict.blocks for verdict in verdicts):
        raise DataFailed(message)
    print(message, flush=True)
    try:
        publish(spark, manifest)
    except DataFailed as error:
        write_refused(spark, args.work_uri, manifest, str(error))
        raise


def publish(spark: SparkSession, manifest: Manifest) -> None:
    """All tables of the stage, in their order. DataFailed: another run has published the day, or one of its inputs, meanwhile; or a user
    was erased whose lines are still in it."""
    tables = STAGED[manifest.stage]
    check_inputs(spark, [BY_NAME[name] for name in manifest.inputs], manifest)
    check_bases(spark, tables, manifest)
    if manifest.stage == "ingest" and not manifest.restored:
        check_list(spark, manifest.erased_list)
    failpoint(spark, "before_publish")
    for number, table in enumerate(tables):
        print(f"  {table.name} {publish_day(spark, table, manifest, after=tables[:number]).value}", flush=True)
        failpoint(spark, "after_publish")


def audit(spark: SparkSession, suites: Sequence[Suite]) -> list[Verdict]:
    """The verdicts of all suites on the registered views."""
    from spark_jobs.gate.validate import open_context, run_suite

    context = open_context()
    return [verdict for suite in suites for verdict in run_suite(context, suite, spark.table(suite.table.view))]


if __name__ == "__main__":
    run_job(main)
