"""Corrections that match no line: a typing error, or the line is no longer bad. Nobody should have to find that out by the numbers."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame

from spark_jobs.ingest.corrections import Correction, Corrections

NAMED_AT_MOST = 20


def unmatched(judged: Mapping[str, DataFrame], corrections: Mapping[str, Corrections]) -> list[Correction]:
    """The corrections of the day that were put in place of no line. judged: the lines with their `correction`, by dataset."""
    left = []
    for dataset, of_dataset in corrections.items():
        if of_dataset.items:
            matched = judged[dataset].where("correction IS NOT NULL").select("correction").distinct().collect()
            places = {row.correction for row in matched}
            left += [one for one in of_dataset.items if one.place not in places]
    return left


def unmatched_by_file(left: Sequence[Correction], corrections: Mapping[str, Corrections]) -> dict[tuple[str, str], int]:
    """Of each file of corrections, by dataset and source_file, how many are left; 0 too."""
    return {
        (dataset, file): sum(one.source_file == file for one in left)
        for dataset, of_dataset in corrections.items()
        for file in of_dataset.files
    }


def warnings(left: Sequence[Correction]) -> list[str]:
    """A line for each correction that is left, for people; no more than NAMED_AT_MOST."""
    named = [f"WARNING unmatched correction: {one}: the day quarantines no such line" for one in left[:NAMED_AT_MOST]]
    return named if len(left) <= NAMED_AT_MOST else [*named, f"WARNING unmatched corrections: {len(left) - NAMED_AT_MOST:,} more"]
