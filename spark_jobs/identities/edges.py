"""From a day's activity to the edges of its identity graph. Pure: DataFrame to DataFrame."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_jobs.identities.nodes import ip_node, user_node


def user_ip_links(activity: DataFrame) -> DataFrame:
    """Who used which address.

    Grain:  one row per (user_id, ip).
    Input:  core.activity of one day; only user_id and ip are read.
    Output: user_id string, ip string.
    Nulls:  requests without a user (user_id NULL) link nobody and drop out; ip is never NULL.
    """
    return activity.where(F.col("user_id").isNotNull()).select("user_id", "ip").distinct()


def hub_ips(links: DataFrame, max_users_per_ip: int) -> DataFrame:
    """The addresses that too many users share (a proxy, a campus) to say anything about who is who.

    Grain:  one row per ip with more than `max_users_per_ip` distinct users.
    Input:  `user_ip_links`.
    Output: ip string.
    """
    users_per_ip = links.groupBy("ip").agg(F.count("*").alias("users"))
    return users_per_ip.where(F.col("users") > max_users_per_ip).select("ip")


def graph_edges(links: DataFrame, hubs: DataFrame) -> DataFrame:
    """The edges of the identity graph.

    Grain:  one row per (user, ip) whose ip is no hub.
    Input:  `user_ip_links` and `hub_ips` of it.
    Output: low string, high string: the node of the user and the node of the address (see nodes.py); low < high.
    """
    kept = links.join(hubs, "ip", "left_anti")
    return kept.select(user_node(F.col("user_id")).alias("low"), ip_node(F.col("ip")).alias("high"))


def users_of_hubs(links: DataFrame, hubs: DataFrame) -> DataFrame:
    """The users with a hub among their addresses: the only ones whom the cut can leave without an edge.

    Grain:  one row per user.
    Input:  `user_ip_links` and `hub_ips` of it.
    Output: user_id string.
    """
    return links.join(hubs, "ip", "left_semi").select("user_id").distinct()
