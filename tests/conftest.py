"""What all tests share: one Spark session with a lake of its own, configured by the same properties as production."""

import atexit
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from include.settings import PROJECT
from tests.fault_matrix import pytest_terminal_summary, rows_of_the_matrix  # noqa: F401 - pytest looks for its hooks and fixtures here
from tests.kafka.broker import Broker, kafka_broker
from tests.s3 import Bucket, bucket_server, use_test_buckets
from tests.session import open_session

# Airflow and the settings read these when first imported: no test depends on, or touches, the Airflow of the one who runs it.
for name in [name for name in os.environ if name.startswith(("MILLRACE_", "AIRFLOW_", "AWS_"))]:
    del os.environ[name]
AIRFLOW_HOME = tempfile.mkdtemp(prefix="millrace-tests-airflow-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": AIRFLOW_HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # A database that cannot be opened: what reads it fails.
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:////dev/null/airflow.db",
    "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps({"conn_type": "spark", "host": "local[2]"}),
}

# Buckets are those of a server on loopback (tests/s3.py), whatever the one who runs the tests may reach. Spark's Python workers take the
# environment as it is when the session starts.
use_test_buckets(Path(AIRFLOW_HOME))

# It says farewell when the streams of the log have been closed already.
logging.getLogger("py4j").setLevel(logging.WARNING)

# Spark's scripts call `env python`.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def lake_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="session")
def s3() -> Iterator[None]:
    with bucket_server():
        yield


@pytest.fixture
def bucket(s3: None, request: pytest.FixtureRequest) -> Bucket:
    """A new, empty bucket."""
    return Bucket.make(request.node.name)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for all tests of the process; each names its topics after itself."""
    with kafka_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture(scope="session")
def spark(lake_home: Path) -> Iterator[SparkSession]:
    """local[2] with an Iceberg catalog on SQLite; tests that write tables name them after themselves."""
    session = open_session(lake_home)
    yield session
    session.stop()
