"""A small job that loads the classes of the project's real jobs, for the class-data archive.

It writes and reads Iceberg over a SQLite catalog in the folder that it is given, and goes through the kinds of
work that the stages do: text, CSV and JSON files, Arrow, joins, windows, branches and their publishing.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyspark.sql import SparkSession

TABLE = "lake.warm.up"


def main(scratch: Path) -> None:
    spark = session(scratch)
    text_files(spark, scratch)
    iceberg_table(spark)
    arrow_and_sql(spark)
    spark.stop()


def session(scratch: Path) -> SparkSession:
    catalog = {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".type": "jdbc",
        ".uri": f"jdbc:sqlite:{scratch / 'catalog.db'}?journal_mode=WAL&busy_timeout=60000",
        ".jdbc.schema-version": "V1",
        ".warehouse": str(scratch / "warehouse"),
    }
    builder = SparkSession.builder.appName("class-data archive").config("spark.ui.port", "0")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
    builder = builder.config("spark.eventLog.enabled", "true").config("spark.eventLog.dir", str(scratch))
    builder = builder.config("spark.sql.execution.arrow.pyspark.enabled", "true")
    builder = builder.config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
    for name, value in catalog.items():
        builder = builder.config(f"spark.sql.catalog.lake{name}", value)
    return builder.getOrCreate()


def text_files(spark: SparkSession, scratch: Path) -> None:
    lines = spark.createDataFrame(pd.DataFrame({"value": ['{"user_id": "u1", "age": 20}', "u1,a,b", "not a number"]}))
    lines.write.mode("overwrite").text(str(scratch / "text"))
    text = spark.read.text(str(scratch / "text"))
    files = text.selectExpr("value", "try_cast(value AS INT) AS number", "_metadata.file_path AS source_file")
    files.selectExpr("from_json(value, 'user_id STRING, age INT')", "from_csv(value, 'a STRING, b STRING')").collect()
    files.write.mode("overwrite").parquet(str(scratch / "parquet"))
    spark.read.parquet(str(scratch / "parquet")).count()


def iceberg_table(spark: SparkSession) -> None:
    spark.sql("CREATE NAMESPACE IF NOT EXISTS lake.warm")
    spark.sql(f"CREATE TABLE {TABLE} (event_day DATE, user_id STRING, requests BIGINT) PARTITIONED BY (event_day)")
    spark.sql(f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE 1 = 0")
    spark.sql(f"ALTER TABLE {TABLE} CREATE OR REPLACE BRANCH staged RETAIN 1 DAYS")
    rows = spark.range(100).selectExpr("DATE'2026-01-01' AS event_day", "concat('u', id) AS user_id", "id AS requests")
    rows.writeTo(f"{TABLE}.branch_staged").overwritePartitions()
    (staged,) = spark.sql(f"SELECT snapshot_id FROM {TABLE}.refs WHERE name = 'staged'").collect()
    snapshot_id = staged["snapshot_id"]
    spark.sql(f"CALL lake.system.cherrypick_snapshot(table => 'warm.up', snapshot_id => {snapshot_id})").collect()
    spark.sql(f"SELECT * FROM {TABLE} VERSION AS OF {snapshot_id} WHERE event_day = DATE'2026-01-01'").collect()


def arrow_and_sql(spark: SparkSession) -> None:
    table = spark.table(TABLE)
    ranked = spark.sql(
        f"""SELECT /*+ BROADCAST(names) */ event_day, user_id, sum(requests) AS requests, count(DISTINCT user_id) AS users,
                   row_number() OVER (PARTITION BY event_day ORDER BY sum(requests) DESC, user_id) AS rank
            FROM {TABLE} LEFT JOIN (SELECT DISTINCT user_id FROM {TABLE}) AS names USING (user_id)
            GROUP BY event_day, user_id"""
    )
    ranked.toPandas()
    table.mapInArrow(unchanged, table.schema).count()


def unchanged(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    yield from batches


if __name__ == "__main__":
    main(Path(sys.argv[1]))
