"""Several counts in one pass, by accumulators that stay exact when tasks run twice."""

import re
from collections import Counter
from collections.abc import Iterable

from pyspark import RDD, Broadcast, SparkContext

from spark_jobs.audit_raw_logs.blocklist import is_blocked
from spark_jobs.audit_raw_logs.judging import Judged, Outcome

FILE_TYPES = ("jpg", "html", "css")
NAMES = (*FILE_TYPES, "other", "blocked", "malformed")
EXTENSION = re.compile(r".+\.([A-Za-z0-9]{1,8})", re.DOTALL)


def count_lines(sc: SparkContext, judged: RDD[Judged], literals: Broadcast[tuple[str, ...]]) -> dict[str, int]:
    """How many lines are malformed, blocked, or else ask for a .jpg, an .html, a .css or something other.

    Each line counts once: the sum is the number of lines less those of duplicate files, of erased users and dropped ones.

    Spark adds what a task has counted once only for tasks of an action, and only for the first of a partition's tasks to succeed: neither a
    retry after a lost executor nor a speculative copy counts twice. Hence foreachPartition; an accumulator that is updated in a
    transformation (map, filter) counts again whenever the stage is run again, be it for the next action or for lost shuffle files.
    """
    counters = {name: sc.accumulator(0) for name in NAMES}

    def count(lines: Iterable[Judged]) -> None:
        found = Counter(name for line in lines if (name := category(line, literals.value)) is not None)
        for name, lines_found in found.items():
            counters[name].add(lines_found)

    judged.foreachPartition(count)
    return {name: int(counter.value) for name, counter in counters.items()}


def category(line: Judged, literals: Iterable[str]) -> str | None:
    """The one of NAMES that a line counts for; None for a line of a duplicate file or of an erased user and for a dropped one."""
    if line.outcome in (Outcome.DUPLICATE, Outcome.DROPPED, Outcome.ERASED):
        return None
    if line.request is None:
        return "malformed"
    if is_blocked(line.request, literals):
        return "blocked"
    found = file_type(line.request.action)
    return found if found in FILE_TYPES else "other"


def file_type(action: str) -> str:
    """The extension of the path's last segment in lower case, without query and fragment; empty where docs/data.md says `none`."""
    path = action.partition("?")[0].partition("#")[0]
    found = EXTENSION.fullmatch(path.rpartition("/")[2])
    return found[1].lower() if found else ""
