"""What every spark-submit of Millrace is given, derived from the settings and the machine."""

import sys
from typing import Any

from include.settings import PROJECT, Machine, Settings

SPARK_CONN_ID = "spark_default"
PROPERTIES_FILE = PROJECT / "include/spark/millrace.conf"


def spark_conf(settings: Settings, machine: Machine) -> dict[str, str]:
    """Properties that depend on the settings or the machine; nothing secret may stand here, it shows in the process list."""
    event_log = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": settings.event_log_uri} if settings.event_log_uri else {}
    return event_log | {
        "spark.sql.catalog.lake.uri": settings.catalog,
        "spark.sql.catalog.lake.warehouse": settings.warehouse,
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
        "spark.pyspark.python": sys.executable,
        "spark.executorEnv.PYTHONPATH": str(PROJECT),
        "spark.driver.extraJavaOptions": java_options(machine),
    }


def java_options(machine: Machine) -> str:
    """Options of the driver's JVM: a small heap's collector, our log layout, and the class-data archive, if there is one."""
    options = [
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={(PROJECT / 'include/spark/log4j2.properties').as_uri()}",
    ]
    if machine.class_data_archive:
        options.append(f"-XX:SharedArchiveFile={machine.class_data_archive}")
    return " ".join(options)


def submit_arguments(settings: Settings, machine: Machine, quick_start: bool = False) -> dict[str, Any]:
    """The arguments that all our SparkSubmitOperators share.

    quick_start: for drivers that run many small queries, most of whose seconds would go into compiling Java code to its last
    level: stop at the first, which is nearly as good for them and a third cheaper.
    """
    conf = spark_conf(settings, machine)
    if quick_start:
        conf["spark.driver.extraJavaOptions"] += " -XX:TieredStopAtLevel=1"
    environment = {"PYTHONPATH": str(PROJECT)}
    if machine.java_home:
        environment["JAVA_HOME"] = machine.java_home
    return {
        "conn_id": SPARK_CONN_ID,
        "deploy_mode": "client",
        "conf": conf,
        "properties_file": str(PROPERTIES_FILE),
        "driver_memory": settings.driver_memory,
        "env_vars": environment,
    }
