"""What every spark-submit of Millrace is given, derived from the settings and the machine."""

import sys
from collections.abc import Mapping
from typing import Any

from include.settings import PROJECT, Machine, Settings

SPARK_CONN_ID = "spark_default"
QUICK_COMPILER = "-XX:TieredStopAtLevel=1"
# An answer that got lost on the way would else be waited for until the task is ended. No statement of a catalog takes a minute.
POSTGRESQL_CONF = {"spark.sql.catalog.lake.jdbc.socketTimeout": "120", "spark.sql.catalog.lake.jdbc.tcpKeepAlive": "true"}


def argument_words(arguments: Mapping[str, Any]) -> list[str]:
    """A job's arguments as words of its command line, `--name value` for each."""
    return [word for name, value in arguments.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def spark_conf(settings: Settings, machine: Machine) -> dict[str, str]:
    """Properties that depend on the settings or the machine; nothing secret may stand here, it shows in the process list."""
    event_log = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": settings.event_log_uri} if settings.event_log_uri else {}
    cluster = cluster_conf(settings, machine) if is_cluster(settings) else {}
    return (
        event_log
        | cluster
        | (s3_conf(settings) if settings.uses_s3 else {})
        | (POSTGRESQL_CONF if settings.catalog.startswith("jdbc:postgresql:") else {})
        | {
            "spark.sql.catalog.lake.uri": settings.catalog,
            "spark.sql.catalog.lake.warehouse": settings.warehouse,
            "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
            "spark.pyspark.python": sys.executable,
            "spark.executorEnv.PYTHONPATH": str(PROJECT),
            "spark.driver.extraJavaOptions": java_options(settings, machine),
        }
    )


def is_cluster(settings: Settings) -> bool:
    """Whether executors of their own do the work; in local mode the driver does."""
    return settings.master.startswith("spark://")


def cluster_conf(settings: Settings, machine: Machine) -> dict[str, str]:
    """What a job takes of a cluster, and how its executors start."""
    return {
        "spark.cores.max": str(settings.max_cores),
        "spark.executor.cores": str(settings.executor_cores),
        "spark.executor.memory": settings.executor_memory,
        "spark.executor.extraJavaOptions": java_options(settings, machine),
        "spark.millrace.masterTimeoutSeconds": str(settings.master_timeout_seconds),
    }


def s3_conf(settings: Settings) -> dict[str, str]:
    """Where the buckets are, for Hadoop and for what the executors' Python reads, and in which file of a worker's machine their credentials
    stand, which come from AWS's own files and variables."""
    hadoop, executor = "spark.hadoop.fs.s3a.", "spark.executorEnv."
    conf: dict[str, str] = {}
    if settings.s3_region:
        conf |= {f"{hadoop}endpoint.region": settings.s3_region, f"{executor}AWS_DEFAULT_REGION": settings.s3_region}
    if settings.s3_credentials_file:
        conf[f"{executor}AWS_SHARED_CREDENTIALS_FILE"] = settings.s3_credentials_file
    if settings.s3_endpoint:
        conf |= {f"{hadoop}endpoint": settings.s3_endpoint, f"{executor}AWS_ENDPOINT_URL": settings.s3_endpoint}
        # Other services have no host name for each bucket.
        conf[f"{hadoop}path.style.access"] = "true"
    return conf


def java_options(settings: Settings, machine: Machine) -> str:
    """Options of a JVM: a small heap's collector, our log layout, and the class-data archive, if there is one."""
    options = [
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={(PROJECT / 'include/spark/log4j2.properties').as_uri()}",
        f"-Dmillrace.log.level={settings.log_level}",
    ]
    if machine.class_data_archive:
        options.append(f"-XX:SharedArchiveFile={machine.class_data_archive}")
    return " ".join(options)


def with_quick_compiler(conf: dict[str, str]) -> dict[str, str]:
    """The properties, but every JVM compiles its code to the first level only.

    On a small day most of the seconds would go into compiling to the last level: without that a stage costs about half.
    On a large day the rows cost 1.6 to 2 times as much.
    """
    return {name: f"{value} {QUICK_COMPILER}" if name.endswith(".extraJavaOptions") else value for name, value in conf.items()}


def submit_arguments(settings: Settings, machine: Machine) -> dict[str, Any]:
    """The arguments that all our SparkSubmitOperators share."""
    environment = {"PYTHONPATH": str(PROJECT)}
    if machine.java_home:
        environment["JAVA_HOME"] = machine.java_home
    return {
        "conn_id": SPARK_CONN_ID,
        "deploy_mode": "client",
        "conf": spark_conf(settings, machine),
        "properties_file": str(settings.properties_file),
        "driver_memory": settings.driver_memory,
        "env_vars": environment,
    }
