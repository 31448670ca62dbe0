"""`make stream`: a landed day is replayed through a socket, and the stream's top users are shown as they change.

DAY=YYYY-MM-DD chooses the day (default: the newest landed one), SPEED how many times faster than it happened (default 600: a day in
144 seconds). The live tables are those of a lake of its own, `replay` below the home, made anew each time: the home's own tables keep what
has really landed. Exit codes: 0 all was streamed, 64 wrong usage, 66 the day has not landed, 69 no Spark master answers, 130 ended by
Ctrl-C after what was read had been counted; else that of the job.
"""

import math
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from include.settings import PROJECT, Machine, Settings, make_command
from spark_jobs.ingest.datasets import REQUESTS
from tools.jobs import job_file
from tools.replay import Replay
from tools.run import choose_day
from tools.spark_command import fail, settings_for_submit, submit_environment, submit_options

DEFAULT_SPEED = 600.0
# A replay is in order, so that windows may be closed soon.
WATERMARK_SECONDS = 600


def main() -> int:
    settings, machine = settings_for_submit(), Machine.read()
    speed = read_speed(os.environ.get("SPEED") or str(DEFAULT_SPEED))
    if settings.landing.startswith("s3a://"):
        fail(64, f"the landing is {settings.landing}: a replay reads files of this machine; copy the day into a home of its own")
    day = choose_day(settings, os.environ.get("DAY", ""))
    folder = Path(settings.landing.removeprefix("file://")) / "requests" / f"dt={day}"
    files = sorted(path for path in folder.iterdir() if path.name.endswith(REQUESTS.endings))
    if not files:
        fail(66, f"{folder} holds no requests to replay")
    replay = Replay(files, speed)
    apart = own_lake(settings)
    print(f"replaying {day}, {speed:g} times as fast as it happened   log: {log_of(apart)}", flush=True)
    code = run_job(apart, machine, arguments(apart, day, replay.address), replay)
    print(f"{replay.sent:,} lines sent\nnext:  {make_command(apart, 'shell')}    then spark.table('live.user_totals').show()")
    return code


def read_speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        fail(64, f"SPEED: {text!r} is no number above 0, such as 600")
    return speed


def own_lake(settings: Settings) -> Settings:
    """The settings with a new, empty lake of the replay's own; landing, master and the rest stay."""
    home = settings.home / "replay"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return settings.model_copy(
        update={"home": home, "landing_uri": settings.landing, "catalog_uri": "", "warehouse_uri": "", "work_uri": "", "reports_uri": ""}
    )


def log_of(settings: Settings) -> Path:
    return settings.home / "stream.log"


def arguments(settings: Settings, day: str, address: str) -> list[str]:
    given = {
        "source": "socket",
        "mode": "continuous",
        "socket": address,
        "arrival_day": day,
        "landing_uri": settings.landing,
        "work_uri": settings.work,
        "late_days": settings.late_days,
        "max_line_bytes": settings.max_line_bytes,
        "erasure_key_file": settings.erasure_key,
        "watermark_seconds": WATERMARK_SECONDS,
        "trigger_seconds": settings.stream_trigger_seconds,
        "partitions": settings.stream_partitions,
        "top": settings.stream_top,
    }
    return [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def run_job(settings: Settings, machine: Machine, words: list[str], replay: Replay) -> int:
    """Run the job in a session of its own, its output in this terminal; Ctrl-C lets it finish what it has read."""
    command = ["spark-submit", *submit_options(settings, machine), str(job_file("stream_requests")), *words]
    with log_of(settings).open("wb") as log:
        job = subprocess.Popen(
            command, cwd=PROJECT, env=submit_environment(settings, machine), stdin=subprocess.DEVNULL, stderr=log, start_new_session=True
        )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = job.wait()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        replay.stop()
        job.terminate()
        job.wait()
        return 130
    if code:
        print("\n".join(log_of(settings).read_text(errors="replace").splitlines()[-10:]), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
