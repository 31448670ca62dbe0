"""The broker's class path."""

import os
from pathlib import Path

from include.settings import PROJECT
from tests.fetched_jars import fetched
from tools.environment.layout import Layout

JAR_LIST = Path(__file__).with_name("jars.toml")
FOLDER = PROJECT / "build/kafka-jars"
# What jars.toml says is Spark's.
OF_SPARK = ("scala-library-*", "slf4j-api-*", "log4j-api-*", "log4j-core-*", "log4j-slf4j2-impl-*")


def class_path(java_home: Path) -> str:
    of_spark = [path for pattern in OF_SPARK for path in Layout(PROJECT).jars.glob(pattern)]
    return os.pathsep.join(str(path) for path in [*fetched(JAR_LIST, FOLDER, java_home), *of_spark])
