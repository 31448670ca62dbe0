"""The notebook, whole: each of its sections asserts what it shows."""

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from pyspark.sql import SparkSession

from include.settings import PROJECT, Machine, Settings
from tests.integration.chain import Chain
from tests.integration.cluster import running_cluster
from tests.integration.test_chain_against_the_oracle import sample
from tools.notebook import NOTEBOOK, notebook_environment

# Of all tests' days in the shared lake the newest: it is the notebook's.
DAY = date(2095, 5, 7)


@pytest.fixture(scope="module")
def home(spark: SparkSession, lake_home: Path) -> Path:
    """A home whose lake holds a day."""
    sample(lake_home / "landing", DAY, 1, "--requests", "1000", "--users", "200")
    Chain(spark, lake_home).run(DAY, audited=False)
    return lake_home


@pytest.fixture(params=["local", pytest.param("cluster", marks=pytest.mark.slow)])
def master(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    if request.param == "local":
        yield "local[2]"
    else:
        with running_cluster(home) as cluster:
            yield cluster.master


@pytest.mark.chain
@pytest.mark.slow
def test_every_section_holds(home: Path, master: str, s3: None) -> None:
    settings = Settings(home=home, master=master, driver_memory="1g")
    env = notebook_environment(settings, Machine.read()) | {"PATH": os.environ["PATH"]}
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(home)}})
    asyncio.run(client.async_execute(env=env))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def test_it_is_stored_without_outputs() -> None:
    cells = json.loads((PROJECT / "notebooks/spark_tour.ipynb").read_text())["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
