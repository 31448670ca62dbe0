"""What became of each line: one outcome, as docs/data.md defines it."""

from collections.abc import Callable, Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from spark_jobs.audit_raw_logs.erased import Erased
from spark_jobs.audit_raw_logs.request_line import Request, parse_request


class Outcome(StrEnum):
    """malformed: what docs/data.md quarantines, for whichever reason."""

    ACCEPTED = "accepted"
    LATE = "late"
    MALFORMED = "malformed"
    DUPLICATE = "duplicate"
    ERASED = "erased"


class Judged(NamedTuple):
    """A line with its outcome. request: of an accepted or late line; sample: the start of a malformed one, escaped."""

    source_file: str
    outcome: Outcome
    request: Request | None
    sample: str


SAMPLE_BYTES = 200


def judge(
    day: date, late_days: int, max_line_bytes: int, repeated: Collection[str], erased: Erased
) -> Callable[[tuple[str, bytes]], Judged]:
    """A function that judges a (source_file, line) of the landing of a day. repeated: the files whose lines are duplicates."""
    last = day.toordinal()

    def judged(landed: tuple[str, bytes]) -> Judged:
        source_file, line = landed
        if source_file in repeated:
            return Judged(source_file, Outcome.DUPLICATE, None, "")
        request = parse_request(line, max_line_bytes)
        if request is not None and erased.is_name(request.user_id):
            return Judged(source_file, Outcome.ERASED, None, "")
        if request is None or not last - late_days <= request.event_day <= last:
            if erased.is_mentioned(line):
                return Judged(source_file, Outcome.ERASED, None, "")
            return Judged(source_file, Outcome.MALFORMED, None, line[:SAMPLE_BYTES].decode(errors="backslashreplace"))
        return Judged(source_file, Outcome.ACCEPTED if request.event_day == last else Outcome.LATE, request, "")

    return judged
