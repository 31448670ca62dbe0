"""`python -m bench.rdd_users_per_ip`: users per address by groupByKey and by aggregateByKey, in turns.

Prints for each way the CPU seconds of all its processes, those of a run without either taken off, and the bytes that its shuffle wrote;
medians of interleaved runs, so that a busy machine slows both alike. Ratios bear comparison, seconds depend on the machine.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pyspark import RDD
from pyspark.sql import SparkSession

from bench.measure import Cost, measure
from include.settings import PROJECT, Machine, Settings
from spark_jobs.audit_raw_logs.request_line import Request
from spark_jobs.audit_raw_logs.users import users_per_ip
from tools.airflow_env import airflow_env

WAYS = ("neither", "groupByKey", "aggregateByKey")
USERS, ADDRESSES, MAX_USERS, PARTITIONS = 20_000, 2_000, 50, 4


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help="run one way alone; for the runs' own processes")
    parser.add_argument("--told", type=Path, help="with --way: where the shuffled bytes go")
    args = parser.parse_args(argv)
    if args.way:
        run_one(args.way, args.requests, args.told)
    else:
        compare(args.requests, args.rounds)
    return 0


def compare(requests: int, rounds: int) -> None:
    env = {**os.environ, **airflow_env(Settings(), Machine.read()), "PYTHONPATH": str(PROJECT)}
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    shuffled: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        for _ in range(rounds):
            for way in WAYS:
                command = [sys.executable, "-m", "bench.rdd_users_per_ip", "--requests", str(requests), "--way", way, "--told", str(told)]
                costs[way].append(measure(command, env, str(Path(folder) / "log")))
                shuffled[way] = json.loads(told.read_text())
    cpu = {way: statistics.median(cost.cpu_seconds for cost in costs[way]) for way in WAYS}
    print(f"{requests:,} requests, {USERS:,} users, {ADDRESSES:,} addresses, medians of {rounds} interleaved runs")
    for way in WAYS[1:]:
        print(f"{way:16}{cpu[way] - cpu['neither']:8.1f} CPU s{shuffled[way] / 2**20:8.1f} MiB shuffled")
    first, second = WAYS[1:]
    ratio = (cpu[first] - cpu["neither"]) / (cpu[second] - cpu["neither"])
    print(f"{first} to {second}: CPU {ratio:.1f}, shuffled bytes {shuffled[first] / shuffled[second]:.1f}")


def run_one(way: str, requests: int, told: Path) -> None:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "2g")
    spark = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
    made = spark.sparkContext.parallelize(range(PARTITIONS), PARTITIONS).flatMap(lambda part: make(part, requests // PARTITIONS))
    if way == "neither":
        made.count()
    elif way == "groupByKey":
        grouped(made).count()
    else:
        users_per_ip(made, MAX_USERS).count()
    told.write_text(json.dumps(shuffle_bytes(spark)))
    spark.stop()


def make(part: int, requests: int) -> Iterator[Request]:
    """Requests of users who come back to few addresses: user n uses the address n modulo ADDRESSES and the two behind it."""
    for number in range(requests):
        user = (number * 7919 + part * 104_729) % USERS
        address = (user + number % 3) % ADDRESSES
        yield Request(1, f"user-{user}", f"10.0.{address // 256}.{address % 256}", "/x.html", None)


def grouped(requests: RDD[Request]) -> RDD[tuple[str, tuple[str, ...]]]:
    """What aggregateByKey replaces: every request's user is sent, and all of an address are in one task's memory."""
    return requests.map(lambda request: (request.ip, str(request.user_id))).groupByKey().mapValues(lambda users: tuple(sorted(set(users))))


def shuffle_bytes(spark: SparkSession) -> int:
    """What all stages wrote for shuffles, by the store behind the stages page."""
    no_quantiles = spark.sparkContext._gateway.new_array(spark._jvm.double, 0)  # type: ignore[union-attr]
    stages = spark._jsc.sc().statusStore().stageList(None, False, False, no_quantiles, None).iterator()
    total = 0
    while stages.hasNext():
        total += int(stages.next().shuffleWriteBytes())
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
