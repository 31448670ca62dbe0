"""The broker's jars: fetched once into build/kafka-jars, and verified by SHA-256 whenever they are asked for."""

import os
import shutil
from pathlib import Path

from include.settings import PROJECT
from tools.environment.jar_list import read_jar_list
from tools.environment.jars import fetch, verify_fetched, wrong_jars
from tools.environment.layout import Layout
from tools.environment.lock import exclusive

JAR_LIST = Path(__file__).with_name("jars.toml")
FOLDER = PROJECT / "build/kafka-jars"
# What jars.toml says is Spark's.
OF_SPARK = ("scala-library-*", "slf4j-api-*", "log4j-api-*", "log4j-core-*", "log4j-slf4j2-impl-*")


def class_path(java_home: Path) -> str:
    """The broker's class path; fetches what is missing or damaged."""
    layout, wanted = Layout(PROJECT), read_jar_list(JAR_LIST)
    with exclusive(FOLDER.with_suffix(".lock")):  # the tests run in several processes
        if wrong_jars(FOLDER, wanted.jars):
            scratch = FOLDER.with_suffix(".part")
            shutil.rmtree(scratch, ignore_errors=True)
            fetch(layout, java_home, wanted, scratch)
            verify_fetched(scratch / "jars", wanted)
            FOLDER.mkdir(exist_ok=True)
            for jar in wanted.jars:
                os.replace(scratch / "jars" / jar.ivy_file_name, FOLDER / jar.file_name)
            shutil.rmtree(scratch)
    of_spark = [path for pattern in OF_SPARK for path in layout.jars.glob(pattern)]
    return os.pathsep.join(str(path) for path in [*(FOLDER / jar.file_name for jar in wanted.jars), *of_spark])
