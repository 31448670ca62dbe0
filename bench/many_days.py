"""`python -m bench.many_days`: whether files, metadata and the duration of a publish stay flat over 60 days of runs with the weekly upkeep.

A day of the calendar takes --day-seconds here, for the times of keeping too; gates are left out, since they write nothing but verdicts.
Prints a line a week: of all tables together main's files for each day that there is, the snapshots and the metadata's bytes, and the median
seconds in which the week's days were published. Ends with 1 where the last two weeks hold or take half as much again as weeks 3 and 4: in
the third, by the time of keeping, as much goes for the first time as comes. What Iceberg keeps for a day at least, and orphan files for
three, goes by the machine's clock and is left out.
"""

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from pathlib import Path

from spark_jobs.gate.schema import BY_NAME
from spark_jobs.lake.iceberg import load_table
from spark_jobs.maintain import active
from spark_jobs.maintain import job as maintain
from spark_jobs.maintain.account import account
from tests.integration.chain import STAGES, Chain
from tests.session import open_session

FIRST, WEEK, KEEP_DAYS = date(2026, 11, 2), 7, 14
USERS, REQUESTS = 50, 400
ALLOWED_GROWTH = 1.5


@dataclass(frozen=True)
class Week:
    """After the week's upkeep."""

    files_a_day: float
    snapshots: int
    metadata_bytes: int
    publish_seconds: float


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=63)
    parser.add_argument("--day-seconds", type=float, default=15)
    args = parser.parse_args(argv)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    maintain.DAY_SECONDS = active.ACTIVE_SECONDS = args.day_seconds  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as home:
        weeks = run(Chain(open_session(Path(home)), Path(home)), args.days // WEEK, args.day_seconds)
    grown = [name for name, growth in growths(weeks).items() if growth > ALLOWED_GROWTH]
    print(f"grown: {', '.join(grown)}" if grown else "flat")
    return 1 if grown else 0


def run(chain: Chain, number: int, day_seconds: float) -> list[Week]:
    print(f"{'week':>4}{'files a day':>13}{'snapshots':>11}{'metadata MiB':>14}{'publish s':>11}", flush=True)
    weeks = []
    for week in range(number):
        seconds = [one_day(chain, FIRST + timedelta(days=WEEK * week + day), day_seconds) for day in range(WEEK)]
        with contextlib.redirect_stdout(io.StringIO()):
            maintain.main(["--work-uri", chain.settings.work, "--keep-days", str(KEEP_DAYS), "--dry-run", "no"])
        accounts = [account(chain.spark, load_table(chain.spark, table)) for table in BY_NAME.values()]
        weeks.append(
            Week(
                sum(each.files for each in accounts) / (WEEK * (week + 1)), sum(each.snapshots for each in accounts),
                sum(each.metadata_bytes for each in accounts), statistics.median(seconds),
            )
        )  # fmt: skip
        files_a_day, snapshots, metadata_bytes, publish_seconds = astuple(weeks[-1])
        print(f"{week + 1:4}{files_a_day:13.1f}{snapshots:11,}{metadata_bytes / 2**20:14.1f}{publish_seconds:11.2f}", flush=True)
    return weeks


def one_day(chain: Chain, day: date, day_seconds: float) -> float:
    """Land the day, run it, wait until it is over; the seconds that its publishes took."""
    begun, published = time.monotonic(), 0.0
    landing = chain.landing
    landing.requests(day, "a.log", [f"{day}T{n % 24:02}:00:{n % 60:02}Z u{n % USERS} 192.0.2.{n % 9} /p{n}.html" for n in range(REQUESTS)])
    landing.users(day, "u.json", [{"user_id": f"u{n}", "age": 15 + n, "gender": "f"} for n in range(USERS)])
    landing.complete(day)
    with contextlib.redirect_stdout(io.StringIO()):
        for stage in STAGES:
            branch = chain.stage(stage, day)
            from_here = time.monotonic()
            chain.publish(branch)
            published += time.monotonic() - from_here
        chain.export(day)
    time.sleep(max(0.0, begun + day_seconds - time.monotonic()))
    return published


def growths(weeks: list[Week]) -> dict[str, float]:
    """The last two weeks to the third and fourth, by what was measured."""
    early, late = weeks[2:4], weeks[-2:]
    names = ("files_a_day", "snapshots", "metadata_bytes", "publish_seconds")
    return {name: sum(getattr(w, name) for w in late) / sum(getattr(w, name) for w in early) for name in names}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
