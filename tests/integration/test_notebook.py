"""The notebook, whole: each of its sections asserts what it shows."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from pyspark.sql import SparkSession

from include.settings import PROJECT, Machine, Settings
from tests.integration.chain import Chain
from tests.integration.cluster import clean_environment, running_cluster
from tests.integration.test_chain_against_the_oracle import sample
from tests.waiting import HANG_SECONDS, wait_for
from tests.web import answer
from tools.local_buckets import free_port
from tools.notebook import NOTEBOOK, notebook_environment
from tools.services import is_running

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
        # The cluster was started where nobody has credentials for buckets.
        with running_cluster(home, AWS_SHARED_CREDENTIALS_FILE=os.devnull) as cluster:
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


@pytest.mark.chain
@pytest.mark.slow
@pytest.mark.parametrize(("end", "number"), [(os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)], ids=["ctrl-c", "sigterm"])
def test_it_is_served_on_loopback_alone_and_ends_as_a_whole(
    end: Callable[[int, signal.Signals], None], number: signal.Signals, tmp_path: Path
) -> None:
    port = free_port()
    env = clean_environment(MILLRACE_HOME=str(tmp_path), MILLRACE_MASTER="local[1]", PORT=str(port))
    with (tmp_path / "output").open("wb") as output:
        served = subprocess.Popen(
            [sys.executable, "-m", "tools.notebook"], cwd=PROJECT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_for(lambda: f"http://127.0.0.1:{port}/lab?token=" in (tmp_path / "output").read_text(), tmp_path / "output", of=served)
        assert "version" in answer(f"http://127.0.0.1:{port}/api")
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"http://127.0.0.1:{port}/api/contents", timeout=20)
        token = re.findall(r"\?token=(\w+)", (tmp_path / "output").read_text())[0]
        found = answer(f"http://127.0.0.1:{port}/api/contents/spark_tour.ipynb?token={token}")
        stored = nbformat.read(NOTEBOOK, as_version=4)
        assert [cell["source"] for cell in found["content"]["cells"]] == [cell.source for cell in stored.cells]
        family = psutil.Process(served.pid).children(recursive=True)
        listening = [one.laddr.ip for each in family for one in each.net_connections("tcp") if one.status == "LISTEN"]
        assert listening and set(listening) == {"127.0.0.1"}
        end(served.pid, number)
        assert served.wait(HANG_SECONDS) == 0
        assert [each for each in family if is_running(each)] == []
    finally:
        if served.poll() is None:
            os.killpg(served.pid, signal.SIGKILL)


def test_it_is_stored_without_outputs() -> None:
    cells = json.loads((PROJECT / "notebooks/spark_tour.ipynb").read_text())["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
