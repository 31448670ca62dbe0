"""Named points at which a test may crash a job. Inert unless the environment names one: `MILLRACE_FAILPOINT=<point>:<what>`.

What: `kill`, as kill -9 of this process; `kill-jvm`, as kill -9 of its JVM alone; `stop`, as kill -STOP of this process, which goes on
where it is told to (kill -CONT) or never; `raise`, as an error nobody foresaw.
A number behind it lets so many passes go by first: `after_publish:kill:2` is the third publish of the job. It happens once, so that a
process that is told to go on does.
"""

import os
import signal

from pyspark.sql import SparkSession

VARIABLE = "MILLRACE_FAILPOINT"
POINTS = (
    "before_stage_commit",
    "after_stage_commit",
    "before_manifest",
    "after_manifest",
    "before_publish",
    "after_publish",
    "before_report",
    "after_report",
    "after_release",
)
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_passed: dict[str, int] = {}


class Crash(BaseException):
    """What `raise` raises: no handler of ours may take it for a failure that it knows."""


def failpoint(spark: SparkSession, point: str) -> None:
    """Crash here if the environment says so."""
    wanted, _, rest = os.environ.get(VARIABLE, "").partition(":")
    if wanted != point:
        return
    what, _, passes = rest.partition(":")
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] != int(passes or 0) + 1:
        return
    if what in SIGNALS:
        os.kill(os.getpid(), SIGNALS[what])
        return
    if what == "kill-jvm":
        pid = spark._jvm.java.lang.ProcessHandle.current().pid()  # type: ignore[union-attr]
        os.kill(int(pid), signal.SIGKILL)
        return
    raise Crash(point)
