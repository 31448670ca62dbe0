"""spark-submit entry of the stream of requests.

Three queries: `intake` judges lines and writes live.requests, live.quarantine, live.ledger and live.top_users; `totals` and `windows` read
live.requests and keep live.user_totals and live.request_windows.

Exit codes: 0 all was read or the source has ended, 64 wrong usage, 65 data that cannot be read, as the message tells, 66 an input or a
checkpoint is not there, 75 stopped by a signal before all was read, or another program streams into this lake.
"""

from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

from pyspark.sql import SparkSession

from spark_jobs.enrich.blocklist import read_blocklist
from spark_jobs.erased_users.listed import read_erased
from spark_jobs.lake.entry import JobParser, iso_day, natural, positive, run_job
from spark_jobs.lake.errors import InputMissing
from spark_jobs.lake.paths import exists, join, remove
from spark_jobs.lake.session import get_session
from spark_jobs.stream_requests import conf, schema, totals, windows
from spark_jobs.stream_requests.files import check_new_files
from spark_jobs.stream_requests.intake import Intake, judged_lines
from spark_jobs.stream_requests.once import ensure_live_table
from spark_jobs.stream_requests.progress import INTAKE, Progress, tell
from spark_jobs.stream_requests.queries import Query, check_checkpoint, check_tables, checkpoints, is_written, require_one_source
from spark_jobs.stream_requests.run import run_available, run_until_end
from spark_jobs.stream_requests.sources import SOCKET_LINES, Kafka, Landing, Socket, Source, parse_address, require_cores
from spark_jobs.stream_requests.stopping import Stopping
from spark_jobs.stream_requests.tidying import expire_snapshots


def build_parser() -> JobParser:
    parser = JobParser(prog="stream_requests", description=" ".join(__doc__.split()))
    parser.add_argument("--source", choices=("landing", "socket", "kafka"), required=True)
    parser.add_argument("--mode", choices=("available-now", "continuous"), required=True, help="end when all is read, or go on")
    parser.add_argument("--landing-uri", required=True, help="holds blocklist.txt and, for the source landing, the files")
    parser.add_argument("--work-uri", required=True, help="holds the checkpoints")
    parser.add_argument("--late-days", type=natural, required=True, help="how many days before its landing day a request may be")
    parser.add_argument("--max-line-bytes", type=natural, required=True, help="a longer line is quarantined")
    parser.add_argument("--max-file-bytes", type=natural, required=True, help="a .gz that unpacks to more is refused")
    parser.add_argument("--erasure-key-file", type=Path, required=True, help="of the list of erased users; read where there are any")
    parser.add_argument("--watermark-seconds", type=natural, required=True, help="how long before the newest request state is kept")
    parser.add_argument("--trigger-seconds", type=natural, required=True, help="from one batch to the next, in the mode continuous")
    parser.add_argument("--partitions", type=positive, required=True, help="of shuffles and state; fixed for the life of a checkpoint")
    parser.add_argument("--top", type=positive, required=True, help="users of each batch that are told and kept")
    parser.add_argument("--socket", type=parse_address, help="host:port; of the source socket")
    parser.add_argument("--socket-lines", choices=SOCKET_LINES, help="text of UTF-8, or each line's bytes in base64; of the source socket")
    parser.add_argument("--kafka-servers", help="host:port,…; of the source kafka")
    parser.add_argument("--kafka-topic", help="of the source kafka")
    parser.add_argument(
        "--arrival-day", type=iso_day, help="when lines of a socket or topic count as landed; default: the day of their batch"
    )
    return parser


def main(argv: Sequence[str]) -> None:
    """Stream until all is read, the source ends or a signal comes; then nothing of what was read is uncounted."""
    parser = build_parser()
    args = parser.parse_args(argv)
    source = chosen_source(parser, args)
    spark = get_session(f"stream_requests {args.source}")
    require_cores(source, cores(spark))
    if isinstance(source, Landing) and not exists(spark, source.uri):
        raise InputMissing(f"{source.uri} is not there: check --landing-uri, or land a first day")
    for name, value in conf.properties(args.partitions).items():
        spark.conf.set(name, value)
    stopping = Stopping()
    with stopping.listening(spark):
        check_tables(spark, args.work_uri)
        for table in schema.ALL:
            ensure_live_table(spark, table)
        if isinstance(source, Landing):
            check_new_files(spark, source.uri, args.max_file_bytes)
        taken = stream(spark, source, args, stopping)
    tell(f"done: {f'{taken:,} lines read' if taken else 'nothing new was there'}")


def stream(spark: SparkSession, source: Source, args: Namespace, stopping: Stopping) -> int:
    """Run the queries to their end; how many lines the intake has read."""
    intake, readers = queries(spark, source, args)
    listener = Progress()
    spark.streams.addListener(listener)
    try:
        if args.mode == "available-now":
            run_available(intake, readers, stopping)
        else:
            end = ended(spark, source, intake), hang_up(source, intake)
            run_until_end(intake, readers, stopping, args.trigger_seconds, *end, partial(tidy, spark, readers))
        tidy(spark, readers)
    finally:
        # Spark tells a listener of a batch some time after the batch.
        spark._jsparkSession.sparkContext().listenerBus().waitUntilEmpty()
        spark.streams.removeListener(listener)
        if isinstance(source, Socket):
            remove(spark, intake.checkpoint)
    return listener.taken


def chosen_source(parser: JobParser, args: Namespace) -> Source:
    """The source of the arguments; ends with 64 where one of its own is missing."""
    needed = {"landing": (), "socket": ("socket", "socket_lines"), "kafka": ("kafka_servers", "kafka_topic")}[args.source]
    missing = [f"--{name.replace('_', '-')}" for name in needed if not getattr(args, name)]
    if missing:
        parser.error(f"--source {args.source} needs {', '.join(missing)}")
    if args.source == "landing":
        return Landing(args.landing_uri)
    if args.source == "kafka":
        return Kafka(args.kafka_servers, args.kafka_topic, args.arrival_day)
    if args.mode == "available-now":
        parser.error("a socket cannot tell what is available: use --mode continuous, which ends when the server closes")
    host, port = args.socket
    return Socket(host, port, args.socket_lines, args.arrival_day)


def queries(spark: SparkSession, source: Source, args: Namespace) -> tuple[Query, list[Query]]:
    """The intake, and the readers of what it writes. InputMissing: a checkpoint is gone."""
    folder = checkpoints(args.work_uri)
    files_uri = args.landing_uri if isinstance(source, Landing) else None
    erased = read_erased(spark, args.erasure_key_file)
    taken = Intake(read_blocklist(spark, args.landing_uri), erased, files_uri, args.late_days, args.top)
    # A socket's lines have no numbers that a second connection could go on from.
    name = f"intake-{source.name}-{uuid4().hex}" if isinstance(source, Socket) else f"intake-{source.name}"
    lines = partial(judged_lines, spark, source, args.late_days, args.max_line_bytes)
    intake = Query(spark, INTAKE, join(folder, name), lines, taken.write, restarts=not isinstance(source, Socket))
    require_one_source(spark, source)
    if not isinstance(source, Socket):
        check_checkpoint(spark, intake.checkpoint, is_written(spark, schema.LEDGER))
    readers = [
        Query(spark, "totals", join(folder, "totals"), partial(totals.user_totals, spark, args.watermark_seconds), totals.write),
        Query(spark, "windows", join(folder, "windows"), partial(windows.request_windows, spark, args.watermark_seconds), windows.write),
    ]
    for reader, table in zip(readers, (schema.USER_TOTALS, schema.REQUEST_WINDOWS), strict=True):
        check_checkpoint(spark, reader.checkpoint, is_written(spark, table))
    return intake, readers


def ended(spark: SparkSession, source: Source, intake: Query) -> Callable[[], bool]:
    """Whether the source will give no more: a socket whose reading thread has ended. A folder or a topic has no end."""
    if not isinstance(source, Socket):
        return lambda: False

    def is_over() -> bool:
        threads = spark._jvm.java.lang.Thread.getAllStackTraces().keySet()  # type: ignore[union-attr]
        is_alive = any(thread.getName() == source.thread_name for thread in threads)
        return not is_alive and intake.started is not None and intake.started.lastProgress is not None

    return is_over


def hang_up(source: Source, intake: Query) -> Callable[[], bool]:
    """Closes a socket's connection, of which Spark still gives what it has received: nobody would send that again. False: there is none."""
    if not isinstance(source, Socket):
        return lambda: False

    def close() -> bool:
        sources = intake.started._jsq.streamingQuery().sources()  # type: ignore[union-attr]
        for number in range(sources.size()):
            sources.apply(number).stop()
        return int(sources.size()) > 0

    return close


def tidy(spark: SparkSession, readers: Sequence[Query]) -> None:
    expire_snapshots(spark, [reader.started for reader in readers])


def cores(spark: SparkSession) -> int:
    """What the application may use: of this machine, or of a cluster, which may not have given it anything yet."""
    most = spark.conf.get("spark.cores.max", None)
    return int(most) if most else spark.sparkContext.defaultParallelism


if __name__ == "__main__":
    run_job(main)
