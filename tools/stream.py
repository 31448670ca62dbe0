"""`make stream`: a landed day is replayed through a socket, and the stream's top users are shown as they change.

DAY=YYYY-MM-DD chooses the day (default: the newest landed one), SPEED how many times faster than it happened (default 600: a day in
144 seconds). The live tables are those of a lake of its own, `replay` below the home, made anew each time: the home's own tables keep what
has really landed.
Exit codes: 0 all was streamed, 1 not every line that was sent was read, 64 wrong usage, 65 a file cannot be read to its end, 66 the day
has not landed, 69 no Spark master answers, 75 another replay is at work, 130 ended by Ctrl-C after what was read had been counted; else
that of the job.
"""

import fcntl
import math
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from include.buckets import is_in_bucket
from include.settings import PROJECT, Machine, Settings, make_command
from include.stream import stream_arguments
from include.submit import argument_words
from spark_jobs.ingest.datasets import REQUESTS
from tools.jobs import job_file
from tools.replay import Replay
from tools.run import choose_day
from tools.spark_command import fail, job_command, settings_for_submit, submit_environment

DEFAULT_SPEED = 600.0
ENDED_BY_HAND = 130
# Of a job that a signal ends before it listens: nothing was read.
ENDED_AT_START = 128 + signal.SIGTERM
DONE = re.compile(r"\d\d:\d\d:\d\dZ  done: ([\d,]+) lines read")


def main() -> int:
    settings, machine = settings_for_submit(), Machine.read()
    speed = read_speed(os.environ.get("SPEED") or str(DEFAULT_SPEED))
    if is_in_bucket(settings.landing):
        fail(64, f"the landing is {settings.landing}: a replay reads files of this machine; copy the day into a home of its own")
    day = choose_day(settings, os.environ.get("DAY", ""))
    folder = Path(settings.landing.removeprefix("file://")) / "requests" / f"dt={day}"
    files = sorted(path for path in folder.iterdir() if path.name.endswith(REQUESTS.endings))
    if not files:
        fail(66, f"{folder} holds no requests to replay")
    with alone(settings.home):
        return replay_day(own_lake(settings), machine, date.fromisoformat(day), files, speed)


def replay_day(apart: Settings, machine: Machine, day: date, files: list[Path], speed: float) -> int:
    """Stream the day's files into the lake apart; the exit code."""
    replay = Replay(files, day, speed)
    print(f"replaying {day}, {speed:g} times as fast as it happened, into a lake made anew: {apart.home}\nlog: {log_of(apart)}", flush=True)
    code, read = run_job(apart, machine, arguments(apart, day, replay.address), replay)
    if replay.error is not None:
        fail(65, f"the replay ended after {replay.sent:,} lines: {replay.error}")
    print(f"{read:,} of {replay.sent:,} lines sent were read")
    if code == 0 and read != replay.sent:
        fail(1, f"what was read is not what was sent: see {log_of(apart)}")
    if code in (0, ENDED_BY_HAND) and read:
        print(f"next:  {make_command(apart, 'shell')}    then spark.table('live.user_totals').show()")
    return code


def read_speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        fail(64, f"SPEED: {text!r} is no number above 0, such as 600")
    return speed


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the replay's lake. Ends this process with 75 where another replay has it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "replay.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(75, f"another replay is using {home / 'replay'}: end it first, or choose another MILLRACE_HOME")
        yield


def own_lake(settings: Settings) -> Settings:
    """The settings with a new, empty lake of the replay's own; landing, master and the rest stay."""
    home = settings.home / "replay"
    if home.exists():
        shutil.rmtree(home)
    home.mkdir()
    return settings.model_copy(
        update={"home": home, "landing_uri": settings.landing, "catalog_uri": "", "warehouse_uri": "", "work_uri": "", "reports_uri": ""}
    )


def log_of(settings: Settings) -> Path:
    return settings.home / "stream.log"


def arguments(settings: Settings, day: date, address: str) -> list[str]:
    own = {"source": "socket", "mode": "continuous", "socket": address, "socket_lines": "base64", "arrival_day": day}
    return argument_words(own | stream_arguments(settings))


def run_job(settings: Settings, machine: Machine, words: list[str], replay: Replay) -> tuple[int, int]:
    """Run the job, its output in this terminal; its exit code, or ENDED_BY_HAND, and how many lines it has read.

    Ctrl-C lets it count what it has read; it has a session of its own, so that the terminal's signal does not reach it.
    """
    command, environment = job_command(settings, machine, job_file("stream_requests"), words), submit_environment(settings, machine)
    job: subprocess.Popen[bytes] | None = None

    def end(number: int, frame: Any) -> None:
        replay.stop()
        if job is not None:
            job.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with log_of(settings).open("wb") as log:
        job = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    read = shown(job.stdout) if job.stdout else 0
    code = job.wait()
    code = 128 - code if code < 0 else code  # ended by a signal, as a shell says it
    if replay.stopped.is_set() and code in (0, ENDED_AT_START):
        return ENDED_BY_HAND, read
    if code:
        print("\n".join(log_of(settings).read_text(errors="replace").splitlines()[-10:]), file=sys.stderr)
    return code, read


def shown(output: IO[bytes]) -> int:
    """Show what the job says to its end; how many lines it says that it has read."""
    read = 0
    for line in output:
        text = line.decode(errors="replace").rstrip("\n")
        print(text, flush=True)
        done = DONE.fullmatch(text)
        read = int(done[1].replace(",", "")) if done else read
    return read


if __name__ == "__main__":
    sys.exit(main())
