"""What became of each line: one outcome, as docs/data.md defines it."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from spark_jobs.audit_raw_logs.erased import Erased
from spark_jobs.audit_raw_logs.request_line import Request, parse_request


class Outcome(StrEnum):
    """malformed: what docs/data.md quarantines, for whichever reason. dropped: by a correction."""

    ACCEPTED = "accepted"
    LATE = "late"
    MALFORMED = "malformed"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
    ERASED = "erased"


class Judged(NamedTuple):
    """A line with its outcome. request: of an accepted or late line; sample: the start of a malformed one, escaped.

    is_corrected: the request is that of a correction.
    """

    source_file: str
    outcome: Outcome
    request: Request | None
    sample: str
    is_corrected: bool = False


SAMPLE_BYTES = 200


def judge(
    day: date,
    late_days: int,
    max_line_bytes: int,
    repeated: Collection[str],
    corrections: Mapping[str, bytes | None],
    erased: Erased,
) -> Callable[[tuple[str, bytes]], Judged]:
    """A function that judges a (source_file, line) of the landing of a day. repeated: the files whose lines are duplicates.

    corrections: as corrections.read_corrections gives them; they are asked for bad lines only.
    """
    last = day.toordinal()

    def parsed(line: bytes) -> Request | None:
        request = parse_request(line, max_line_bytes)
        return request if request is not None and last - late_days <= request.event_day <= last else None

    def judged(landed: tuple[str, bytes]) -> Judged:
        source_file, line = landed
        if source_file in repeated:
            return Judged(source_file, Outcome.DUPLICATE, None, "")
        request, is_corrected, lines = parsed(line), False, [line]
        if request is None and corrections and (digest := sha256(line).hexdigest()) in corrections:
            replacement = corrections[digest]
            if replacement is None:
                return Judged(source_file, Outcome.DROPPED, None, "")
            request, is_corrected, lines = parsed(replacement), True, [line, replacement]
        if any(map(erased.is_mentioned, lines)) if request is None else erased.is_name(request.user_id):
            return Judged(source_file, Outcome.ERASED, None, "")
        if request is None:
            return Judged(source_file, Outcome.MALFORMED, None, line[:SAMPLE_BYTES].decode(errors="backslashreplace"))
        return Judged(source_file, Outcome.ACCEPTED if request.event_day == last else Outcome.LATE, request, "", is_corrected)

    return judged
