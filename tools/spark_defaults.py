"""Spark's own defaults of the properties that it documents."""

import os
import shlex
from collections.abc import Sequence

from pyspark.java_gateway import launch_gateway

# Loading one of these registers its entries.
HOLDERS = (
    "org.apache.spark.internal.config.package$",
    "org.apache.spark.internal.config.UI$",
    "org.apache.spark.internal.config.History$",
    "org.apache.spark.internal.config.Deploy$",
    "org.apache.spark.internal.config.Worker$",
    "org.apache.spark.internal.config.Python$",
    "org.apache.spark.sql.internal.SQLConf$",
    "org.apache.spark.sql.internal.StaticSQLConf$",
)
NO_DEFAULT = "<undefined>"


def spark_defaults(options: Sequence[str], environment: dict[str, str]) -> dict[str, str]:
    """Name to default, of those that have one. Starts a JVM with the options and environment of a submit, and no application in it."""
    os.environ |= environment | {"PYSPARK_SUBMIT_ARGS": shlex.join([*options, "pyspark-shell"])}
    gateway = launch_gateway()
    try:
        find = gateway.jvm.java.lang.Class.forName
        for holder in HOLDERS:
            find(holder)
        registry = find("org.apache.spark.internal.config.ConfigEntry$").getField("MODULE$").get(None)
        documented = [entry for entry in registry.knownConfigs().values() if entry.isPublic()]
        defaults = {entry.key(): entry.defaultValueString() for entry in documented}
    finally:
        gateway.shutdown()
    return {name: value for name, value in defaults.items() if value != NO_DEFAULT}
