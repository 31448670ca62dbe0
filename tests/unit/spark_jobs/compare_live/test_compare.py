"""What corrected lines can explain of the difference between a day's live totals and its release."""

import pytest
from pyspark.sql import SparkSession

from spark_jobs.compare_live.compare import explained_by_corrections


@pytest.mark.parametrize(
    ("differing", "corrected", "is_explained"),
    [
        ([("a", 0, 2), ("b", 5, 6)], 3, True),
        ([("a", 0, 2), ("b", 5, 6)], 4, True),  # a blocked or anonymous request among them
        ([("a", 0, 2), ("b", 5, 6)], 2, False),
        ([("a", 0, 1)], 0, False),
        ([("a", 0, 2), ("b", 6, 5)], 3, False),  # no correction takes a request away
    ],
)
def test_corrections_explain_missing_requests_up_to_their_number(
    spark: SparkSession, differing: list[tuple[str, int, int]], corrected: int, is_explained: bool
) -> None:
    found = spark.createDataFrame(differing, "user_id string, live bigint, daily bigint")
    assert explained_by_corrections(found, corrected) == is_explained
