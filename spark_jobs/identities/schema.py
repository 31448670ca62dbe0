"""The table that identities owns."""

from pyspark.sql.types import DateType, LongType, StringType, StructField, StructType

from spark_jobs.lake.table import Table

# Connected components of the day's named users and the addresses they used, hubs cut out.
IDENTITIES = Table(
    name="mart.identities",
    schema=StructType(
        [
            StructField("event_day", DateType(), nullable=False),
            StructField("node_type", StringType(), nullable=False),  # user or ip
            StructField("node", StringType(), nullable=False),  # the user_id or the address
            StructField("cluster_id", StringType(), nullable=False),  # the component's smallest user_id by UTF-8 bytes
            StructField("cluster_users", LongType(), nullable=False),  # nodes of the component, by type
            StructField("cluster_ips", LongType(), nullable=False),
        ]
    ),
    key=("node_type", "node"),
)
