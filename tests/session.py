"""The Spark session of the tests."""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from include.settings import PROJECT, Machine, Settings
from include.submit import java_options, s3_conf, spark_conf, with_quick_compiler
from tools.properties import read_properties


def open_session(home: Path, is_short: bool = False) -> SparkSession:
    """local[2] on the lake of a home, configured by the same properties as production. is_short: for a minute or so, in which the JVM's
    second compiler would cost more than it gives."""
    # Airflow, which tests import, logs what Py4J tells; where the JVM was killed that happens while Python ends, and may wait for ever.
    logging.getLogger("py4j").setLevel(logging.WARNING)
    machine, settings = Machine.read(), Settings(home=home)
    if machine.java_home:
        os.environ["JAVA_HOME"] = machine.java_home
    os.environ["PYTHONPATH"] = str(PROJECT)
    properties = read_properties(settings.properties_file)
    properties |= spark_conf(settings, machine) | s3_conf(settings)
    properties |= {"spark.sql.shuffle.partitions": "2", "spark.sql.adaptive.enabled": "false", "spark.driver.memory": "2g"}
    properties["spark.driver.extraJavaOptions"] = java_options(settings, machine)
    if is_short:
        properties = with_quick_compiler(properties)
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in properties.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.timeParserPolicy", "CORRECTED").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def restored(spark: SparkSession, names: Iterable[str]) -> Iterator[None]:
    """Put the session's settings back afterwards: a job of its own process would take them with it."""
    before = {name: str(spark.conf.get(name)) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
