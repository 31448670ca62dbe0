"""The Spark session of every job."""

from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.lake.errors import WrongUsage
from spark_jobs.lake.master_watch import watch_master

# Results must not depend on where a job is started, so these are set here and not in a properties file.
FIXED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timeParserPolicy": "CORRECTED",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def get_session(app_name: str) -> SparkSession:
    """Start the session; the master, the resources and the catalog come from spark-submit.

    Writes the application's id to the file that spark.millrace.applicationIdFile names, if it does.
    Where spark.millrace.masterTimeoutSeconds is set, ends the process once its cluster's master has not answered for so long, or has the
    application no more.

    WrongUsage: no catalog `lake` is configured.
    """
    builder = SparkSession.builder.appName(app_name)
    for key, value in FIXED.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    if spark.conf.get("spark.sql.catalog.lake", None) is None:
        raise WrongUsage(
            "the properties file does not set spark.sql.catalog.lake: begin that of MILLRACE_PROPERTIES_FILE with a copy of "
            "include/spark/millrace.conf, or submit by `make submit` or a DAG, which give one"
        )
    timeout_seconds = spark.conf.get("spark.millrace.masterTimeoutSeconds", None)
    if timeout_seconds:
        watch_master(spark, int(timeout_seconds))
    told = spark.conf.get("spark.millrace.applicationIdFile", None)
    if told:
        Path(told).write_text(spark.sparkContext.applicationId)
    return spark
