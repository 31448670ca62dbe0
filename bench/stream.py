"""`python -m bench.stream`: whether the stream keeps up with 5,000 events a second for ten minutes, in flat memory.

A server on loopback sends lines with the moment's time at a fixed rate; the job is submitted as `make stream` submits it, into a lake that
is removed at the end. Prints for each minute the rows that the intake has written, the lag of each query (median and worst, from the begin
of a batch until its rows can be read), the size of the state, and the memory of the job's processes; then the same for both halves, and
whether it kept up: ends with 1 where live.user_totals, read without Spark, lacks a line that was sent, or where the second half took in
less than 95 % of the rate or lagged twice as long as the first, or where the last quarter held a tenth more memory than the one before it.
The heap is bounded by 1 GiB, which it comes near to in the first half: a JVM takes what it may before it collects, so that under a large
bound memory grows for a long time without a leak.
"""

import argparse
import base64
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from include.settings import PROJECT, Machine, Settings
from tests.faults.reader import Reader
from tools.jobs import job_file
from tools.spark_command import job_command, submit_environment
from tools.stream import arguments

USERS = 2_000
TICKS_PER_SECOND = 20
HEAP = "1g"
MIB = 1024 * 1024
TOLD = re.compile(r"(intake|totals|windows)\s+batch \d+\s+([\d,]+) rows.*lag\s+([\d.]+) s(?:.*state ([\d,]+) rows, ([\d.]+) MiB)?")


@dataclass(frozen=True)
class Batch:
    """A batch as the job tells it. second: since the server began to send."""

    second: float
    query: str
    rows: int
    lag_seconds: float
    state_rows: int
    state_mib: float


class Sender:
    """Sends `rate` lines a second for `seconds` to the first that connects. began: when, by the monotonic clock; 0 before that."""

    def __init__(self, rate: int, seconds: int) -> None:
        self.rate, self.seconds, self.sent, self.began = rate, seconds, 0, 0.0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self.server.accept()
        self.began = time.monotonic()
        with connection:
            for tick in range(self.seconds * TICKS_PER_SECOND):
                time.sleep(max(0.0, self.began + tick / TICKS_PER_SECOND - time.monotonic()))
                moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
                numbers = range(self.sent, self.sent + self.rate // TICKS_PER_SECOND)
                connection.sendall(b"".join(line(moment, number) for number in numbers))
                self.sent = numbers.stop


def line(moment: str, number: int) -> bytes:
    return base64.b64encode(f"{moment} u{number * 7919 % USERS} 10.0.{number % 250}.1 /p{number % 97}.html".encode()) + b"\n"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=5_000, help="events a second")
    parser.add_argument("--seconds", type=int, default=600)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as home:
        settings = Settings(home=Path(home), driver_memory=HEAP)
        (Path(home) / "landing").mkdir()
        sender = Sender(args.rate, args.seconds)
        address = f"127.0.0.1:{sender.server.getsockname()[1]}"
        batches, memory = stream(settings, arguments(settings, datetime.now(UTC).date(), address), sender)
        tell(batches, memory, args.seconds)
        counted = sum(row["requests"] for row in Reader(Path(home)).rows("live.user_totals"))
        print(f"\nsent {sender.sent:,} lines, counted {counted:,}")
        faults = faults_of(batches, memory, args.rate, args.seconds) + ([] if counted == sender.sent else ["not every line was counted"])
    print("it kept up" if not faults else "\n".join(faults))
    return 1 if faults else 0


def stream(settings: Settings, words: list[str], sender: Sender) -> tuple[list[Batch], list[tuple[float, float]]]:
    """Run the job to the source's end; its batches, and (second, MiB) of its processes."""
    command = job_command(settings, Machine.read(), job_file("stream_requests"), words)
    environment = submit_environment(settings, Machine.read())
    job = psutil.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    memory: list[tuple[float, float]] = []

    def watch() -> None:
        while job.poll() is None:
            if sender.began:
                memory.append((time.monotonic() - sender.began, resident_mib(job)))
            time.sleep(2)

    threading.Thread(target=watch, daemon=True).start()
    batches = []
    for line in job.stdout:
        found = TOLD.search(line)
        if found:
            query, rows, lag, state_rows, state_mib = found.groups()
            numbers = int(rows.replace(",", "")), float(lag), int((state_rows or "0").replace(",", "")), float(state_mib or 0)
            batches.append(Batch(time.monotonic() - sender.began, query, *numbers))
    if job.wait():
        raise SystemExit(f"the job ended with {job.returncode}")
    return batches, memory


def resident_mib(job: psutil.Popen) -> float:
    try:
        return sum(process.memory_info().rss for process in [job, *job.children(recursive=True)]) / MIB
    except psutil.Error:
        return 0.0  # it has just ended


def tell(batches: list[Batch], memory: list[tuple[float, float]], seconds: int) -> None:
    lags_of = f"{'lag of intake':>20}{'of totals':>16}{'of windows':>16}"
    print(f"{'':14}{'rows/s':>9}{lags_of}{'state rows':>12}{'state MiB':>11}{'memory MiB':>12}")
    spans = [(f"minute {minute + 1}", minute * 60, minute * 60 + 60) for minute in range(seconds // 60)]
    spans += [("first half", 0, seconds // 2), ("second half", seconds // 2, seconds)]
    for name, begin, end in spans:
        within = [batch for batch in batches if begin <= batch.second < end]
        rows = sum(batch.rows for batch in within if batch.query == "intake") / (end - begin)
        lags = [lag(within, query) for query in ("intake", "totals", "windows")]
        last = {batch.query: batch for batch in within}.values()
        held = [mebibytes for second, mebibytes in memory if begin <= second < end]
        state = f"{sum(batch.state_rows for batch in last):>12,}{sum(batch.state_mib for batch in last):>11.1f}"
        print(f"{name:14}{rows:>9,.0f}{lags[0]:>20}{lags[1]:>16}{lags[2]:>16}{state}{statistics.median(held or [0]):>12,.0f}")


def faults_of(batches: list[Batch], memory: list[tuple[float, float]], rate: int, seconds: int) -> list[str]:
    """In what the end fell behind what was before."""
    halves = [(0, seconds / 2), (seconds / 2, seconds)]
    quarters = [(seconds / 2, seconds * 3 / 4), (seconds * 3 / 4, seconds)]
    lags = [statistics.median(b.lag_seconds for b in batches if begin <= b.second < end) for begin, end in halves]
    held = [statistics.median(mib for second, mib in memory if begin <= second < end) for begin, end in quarters]
    taken = sum(b.rows for b in batches if b.query == "intake" and seconds / 2 <= b.second < seconds) / (seconds / 2)
    return [
        *([f"{taken:,.0f} of {rate:,} rows a second were taken in"] if taken < 0.95 * rate else []),
        *([f"the lag grew from {lags[0]:.1f} to {lags[1]:.1f} s"] if lags[1] > 2 * lags[0] else []),
        *([f"memory grew from {held[0]:,.0f} to {held[1]:,.0f} MiB"] if held[1] > 1.1 * held[0] else []),
    ]


def lag(batches: list[Batch], query: str) -> str:
    seconds = [batch.lag_seconds for batch in batches if batch.query == query]
    return f"{statistics.median(seconds):.1f} s, {max(seconds):.1f}" if seconds else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
