"""`python -m tests.integration.s3_chain BUCKET_URI HOME DAY`: run a landed day with everything in a bucket, the catalog below HOME."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from include.settings import Machine, Settings
from include.submit import spark_conf, with_quick_compiler
from tests.integration.chain import Chain


def main(bucket_uri: str, home: str, day: str) -> None:
    root = bucket_uri.rstrip("/")
    places: dict[str, Any] = {f"{name}_uri": f"{root}/{name}" for name in ("landing", "warehouse", "work", "reports")}
    Path(home).mkdir(exist_ok=True)
    settings = {**places, "shuffle_partitions": 2}
    Chain(session(Settings(home=Path(home), **settings)), Path(home), **settings).run(date.fromisoformat(day))


def session(settings: Settings) -> SparkSession:
    """A session as spark-submit would start it."""
    properties = dict(line.split(None, 1) for line in settings.properties_file.read_text().splitlines() if line and line[0] != "#")
    properties |= with_quick_compiler(spark_conf(settings, Machine.read()))
    builder = SparkSession.builder.master("local[2]")
    for name, value in properties.items():
        builder = builder.config(name, value.strip())
    return builder.getOrCreate()


if __name__ == "__main__":
    main(*sys.argv[1:])
