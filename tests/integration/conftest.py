"""Fixtures of the tests that run whole stages."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.live import Live


@pytest.fixture
def live(spark: SparkSession, tmp_path: Path) -> Live:
    return Live(spark, tmp_path)
