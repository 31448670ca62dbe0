"""The landing's corrections as the audit reads them, with no code of stage ingest's."""

import json
from datetime import date
from hashlib import sha256

from pyarrow import fs
from pyspark import RDD

from spark_jobs.audit_raw_logs.profile_line import parse_profile
from spark_jobs.ingest.datasets import Dataset
from spark_jobs.lake.arrow import arrow_folder
from spark_jobs.lake.errors import DataFailed

# By a bad line's SHA-256, in hex: what stands in for it, or None where it is dropped.
Corrections = dict[str, bytes | None]
Profile = tuple[str, list[str]]


def read_corrections(landing_uri: str, dataset: Dataset, day: date) -> Corrections:
    """Those of a dataset's landing day; none where there is no file. DataFailed: a file is none, which ingest would refuse too."""
    filesystem, root = arrow_folder(landing_uri)
    folder = f"{root}/_corrections/{dataset.folder(day)}"
    found: Corrections = {}
    for info in filesystem.get_file_info(fs.FileSelector(folder, allow_not_found=True)):
        with filesystem.open_input_stream(info.path, compression=None) as file:
            content = file.read()
        try:
            lines = content.decode("utf-8-sig").removesuffix("\n").split("\n")
            documents = [json.loads(line) for line in lines if content]
            found |= {one["sha256"]: one["replacement"].encode() if "replacement" in one else None for one in documents}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataFailed(f"{info.path} holds a line that is no correction ({error}): mend it and run the day again") from error
    return found


def corrected_profiles(lines: RDD[tuple[str, bytes]], corrections: Corrections, max_line_bytes: int) -> RDD[Profile]:
    """The valid profile lines after their corrections: of lines that are bad by themselves, then of landed lines that disagree."""

    def parsed(line: bytes) -> list[tuple[Profile, bytes | None]]:
        profile = parse_profile(line, max_line_bytes)
        if profile:
            return [(profile, line)]
        fixed = _fixed(line, corrections, max_line_bytes)
        return [(one, None) for one in fixed]

    if not corrections:
        return lines.flatMap(lambda line: [one] if (one := parse_profile(line[1], max_line_bytes)) else [])
    # With the landed line, unless it was corrected already.
    found = lines.flatMap(lambda line: parsed(line[1]))
    named = found.filter(lambda one: one[1] is not None and _digest(one[1]) in corrections).map(lambda one: one[0][0])
    users = frozenset(named.distinct().collect())
    infos = found.map(lambda one: (one[0][0], tuple(one[0][1]))).filter(lambda one: one[0] in users).distinct().countByKey()
    disagreeing = frozenset(user for user, number in infos.items() if number > 1)

    def final(one: tuple[Profile, bytes | None]) -> list[Profile]:
        profile, line = one
        if line is None or profile[0] not in disagreeing or _digest(line) not in corrections:
            return [profile]
        return _fixed(line, corrections, max_line_bytes)

    return found.flatMap(final)


def _fixed(line: bytes, corrections: Corrections, max_line_bytes: int) -> list[Profile]:
    """What a line's correction makes of it: one profile, or nothing."""
    replacement = corrections.get(_digest(line))
    profile = parse_profile(replacement, max_line_bytes) if replacement is not None else None
    return [profile] if profile else []


def _digest(line: bytes) -> str:
    return sha256(line).hexdigest()
