"""From components of nodes to the rows of mart.identities. Pure: DataFrame to DataFrame."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_jobs.identities.nodes import is_user, name_of, user_node
from spark_jobs.lake.table import day_literal


def clusters(hub_users: DataFrame, components: DataFrame, day: date) -> DataFrame:
    """The rows of mart.identities of a day.

    Grain:  one row per (node_type, node).
    Input:  components: node string, component string, one row per node of the graph, as find_components gives it;
            hub_users: user_id string, one row each, all users who may be no node of the graph, others too.
    Output: the columns of IDENTITIES. A user that is no node of the graph is alone: its own cluster_id, 1 user, 0 ips.
    Ties:   none; cluster_id is the smallest user_id of the component by UTF-8 bytes.
    """
    members = _members(hub_users, components)
    sizes = members.groupBy("component").agg(
        F.count_if(is_user(F.col("node"))).alias("cluster_users"),
        F.count_if(~is_user(F.col("node"))).alias("cluster_ips"),
    )
    return members.join(sizes, "component").select(
        day_literal(day).alias("event_day"),
        F.when(is_user(F.col("node")), "user").otherwise("ip").alias("node_type"),
        name_of(F.col("node")).alias("node"),
        name_of(F.col("component")).alias("cluster_id"),
        "cluster_users",
        "cluster_ips",
    )


def _members(hub_users: DataFrame, components: DataFrame) -> DataFrame:
    """The components, and each user that is in none as one of its own."""
    candidates = hub_users.select(user_node(F.col("user_id")).alias("node"))
    alone = candidates.join(components, "node", "left_anti")
    return components.unionByName(alone.select("node", F.col("node").alias("component")))
