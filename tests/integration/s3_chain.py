"""`python -m tests.integration.s3_chain BUCKET_URI HOME DAY WHAT`: a landed day with everything in a bucket, the catalog below HOME.

WHAT: `run` the day; `look`: stream it, compare the stream with the day's release, audit its logs; else the release to take the day back to.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from include.settings import Machine, Settings
from include.submit import spark_conf, with_quick_compiler
from spark_jobs.audit_raw_logs import job as audit_raw_logs
from spark_jobs.compare_live import job as compare_live
from spark_jobs.stream_requests import job as stream_requests
from tests.integration.chain import Chain, arguments
from tests.live import LIMITS
from tools.properties import read_properties


def main(bucket_uri: str, home: str, day: str, what: str) -> None:
    root = bucket_uri.rstrip("/")
    places: dict[str, Any] = {f"{name}_uri": f"{root}/{name}" for name in ("landing", "warehouse", "work", "reports")}
    Path(home).mkdir(exist_ok=True)
    settings = {**places, "shuffle_partitions": 2}
    chain = Chain(session(Settings(home=Path(home), **settings)), Path(home), **settings)
    if what == "run":
        chain.run(date.fromisoformat(day))
    elif what == "look":
        look(chain.settings, day)
    else:
        chain.rollback(date.fromisoformat(day), what)


def look(settings: Settings, day: str) -> None:
    places = {"landing_uri": settings.landing, "work_uri": settings.work, "erasure_key_file": str(settings.erasure_key)}
    for _ in range(2):
        stream_requests.main(arguments({"source": "landing", "mode": "available-now"}, places, LIMITS))
    compare_live.main(arguments(day=day, days=1, streamed_at=datetime.now(UTC).isoformat(), top=5))
    limits = {
        "late_days": 2,
        "max_line_bytes": 1024 * 1024,
        "max_file_bytes": 2**30,
        "max_users_per_ip": 50,
        "top": 7,
        "max_hops": 3,
        "checkpoint_every": 1,
    }
    audit_raw_logs.main(arguments(places, limits, day=day, findings_uri=f"{settings.reports}/findings", partitions=2))


def session(settings: Settings) -> SparkSession:
    """A session as spark-submit would start it."""
    properties = read_properties(settings.properties_file)
    properties |= with_quick_compiler(spark_conf(settings, Machine.read()))
    builder = SparkSession.builder.master("local[2]")
    for name, value in properties.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


if __name__ == "__main__":
    main(*sys.argv[1:])
