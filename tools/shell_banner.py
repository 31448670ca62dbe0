"""Runs at the start of `make shell`, in its namespace: says what is there."""

from pyspark.sql import SparkSession


def banner(spark: SparkSession) -> str:
    context = spark.sparkContext
    return (
        f"application {context.appName} ({context.applicationId})   master {context.master}   Spark {spark.version}\n"
        "spark, sc and the catalog lake are ready:\n"
        '  spark.sql("SHOW TABLES IN mart").show()\n'
        '  spark.table("core.activity").where("event_day = DATE\'2026-11-01\'").show()\n'
        "  spark.sql(\"SELECT * FROM core.activity VERSION AS OF '<branch>'\").show()      what a red gate has audited"
    )


print(banner(SparkSession.active()))
