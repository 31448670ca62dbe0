"""spark-submit entry of both halves of an erasure; between them tools/erase.py runs the days that the first one tells.

The user's name is the value of ERASE_USER in the environment, so that no command line, log or plan shows it. Exit codes: 64 wrong usage, 65
the name was found where nothing of it may be left, 66 a day's landing or the key is gone, or what the live tables were made
of, 75 stages or another erasure are at work.
"""

import json
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from spark_jobs.erase.begin import begin, the_key, this_user
from spark_jobs.erase.finish import finish
from spark_jobs.erase.live import require_landed
from spark_jobs.erase.name import Name, read_name
from spark_jobs.erase.reports import reports_with
from spark_jobs.erase.state import State
from spark_jobs.erased_users.key import Key
from spark_jobs.lake.busy import ERASURE, busy
from spark_jobs.lake.entry import JobParser, comma_separated, natural, run_job
from spark_jobs.lake.errors import DataFailed, InputMissing
from spark_jobs.lake.paths import join, write_text_atomic
from spark_jobs.lake.session import get_session


def build_parser() -> JobParser:
    parser = JobParser(prog="erase", description=__doc__)
    parser.add_argument("--step", choices=("begin", "finish"), required=True)
    parser.add_argument("--run-id", required=True, help="of this try")
    parser.add_argument("--landing-uri", required=True)
    parser.add_argument("--warehouse-uri", required=True)
    parser.add_argument("--work-uri", required=True)
    parser.add_argument("--reports-uri", required=True, help="the receipt goes to its folder `erasures`")
    parser.add_argument("--log-uris", type=folders, required=True, help="folders of logs, of which lines and files are removed")
    parser.add_argument("--beside-uris", type=folders, required=True, help="folders that are searched, and not changed")
    parser.add_argument("--erasure-key-file", type=Path, required=True)
    parser.add_argument("--max-line-bytes", type=natural, required=True)
    parser.add_argument("--live", choices=("keep", "drop"), required=True, help="live tables whose lines would not come back")
    parser.add_argument("--told-file", type=Path, required=True, help="where the step tells what comes next, as JSON")
    return parser


def folders(text: str) -> list[str]:
    """Parse URIs with commas between them; none where the text is empty."""
    return comma_separated(text) if text else []


def main(argv: Sequence[str]) -> None:
    args = build_parser().parse_args(argv)
    name = read_name()
    spark = get_session(f"erase {args.step}")
    key = the_key(spark, args.erasure_key_file)
    step = begin_step if args.step == "begin" else finish_step
    args.told_file.write_text(json.dumps(step(spark, name, key, args)))


def begin_step(spark: SparkSession, name: Name, key: Key, args: Namespace) -> dict[str, Any]:
    with busy(spark, args.work_uri, f"{ERASURE}-{name.hash_with(key)}"):
        if args.live == "keep":
            require_landed(spark, args.landing_uri, this_user(spark, key, name))
        days = set(reports_with(args.reports_uri, name).days)
        state = begin(spark, name, key, args.landing_uri, args.work_uri, days, args.run_id)
    return {"days": state.to_run}


def finish_step(spark: SparkSession, name: Name, key: Key, args: Namespace) -> dict[str, Any]:
    """InputMissing: the first step was not taken. DataFailed: the name was found; the receipt tells where."""
    state = State.read(spark, args.work_uri, name.hash_with(key))
    if state is None:
        raise InputMissing("no erasure of this user is at work: take the step `begin` first")
    with busy(spark, args.work_uri, f"{ERASURE}-{state.user_hmac}"):
        document = finish(spark, name, this_user(spark, key, name), state, args)
    uri = join(args.reports_uri, "erasures", f"{args.run_id}.json")
    write_text_atomic(spark, uri, json.dumps(document, indent=1))
    if document["search"]["found"]:
        places = "\n".join(f"  {place}: {number:,}" for place, number in document["search"]["found"].items())
        raise DataFailed(f"the name was found where nothing of it may be left:\n{places}\nreceipt: {uri}\nErase again, or look there.")
    state.forget(spark, args.work_uri)
    return {"receipt": uri, "document": document}


if __name__ == "__main__":
    run_job(main)
