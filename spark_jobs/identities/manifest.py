"""What is known about finished levels, on disk.

The work folder of one input holds `manifest-<level>.json`, one per finished level, and a folder per level and try. A
try writes into its own folder only and then, last and atomically, the manifest, which names the folders of its level
and of all levels below it. So a reader follows one chain from end to end: drivers that outlive their task, or two that
run at once, can replace each other's manifests but never mix their levels.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pyspark.sql import SparkSession

from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.paths import join, read_text, write_text_atomic


@dataclass(frozen=True)
class Level:
    """A finished level.

    number: 0 is the input graph, which has edges but no assignments.
    folder: the try's folder, below the work folder.
    tasks: how many tasks reduced the edges.
    nodes: how many nodes got a representative.
    """

    number: int
    folder: str
    tasks: int
    edges_in: int
    edges_out: int
    nodes: int
    seconds: float


def save_levels(spark: SparkSession, work_uri: str, input_key: str, levels: Sequence[Level]) -> None:
    """Declare the last of `levels` finished; its data must be complete. levels: the whole chain, 0 first."""
    document = {"input": input_key, "levels": [asdict(level) for level in levels]}
    write_text_atomic(spark, _uri(work_uri, levels[-1].number), json.dumps(document, indent=1))


def load_levels(spark: SparkSession, work_uri: str, input_key: str) -> list[Level]:
    """The chain of the highest finished level, 0 first; empty where none is finished.

    Errors: DataFailed for a manifest that is not one of this input.
    """
    levels: list[Level] = []
    while (text := read_text(spark, uri := _uri(work_uri, len(levels)))) is not None:
        levels = _parse(uri, text, input_key)
    return levels


def _uri(work_uri: str, number: int) -> str:
    return join(work_uri, f"manifest-{number:03}.json")


def _parse(uri: str, text: str, input_key: str) -> list[Level]:
    try:
        document = json.loads(text)
        found, levels = document["input"], [Level(**level) for level in document["levels"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataFailed(f"{uri} is no manifest of a level ({error!r}): delete its folder and run again") from error
    if found != input_key:
        raise DataFailed(f"{uri} belongs to input {found!r}, not {input_key!r}: delete its folder and run again")
    return levels
