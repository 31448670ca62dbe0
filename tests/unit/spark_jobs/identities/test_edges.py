"""Who is linked to which address, and which addresses are cut."""

from pyspark.sql import SparkSession

from spark_jobs.identities.edges import graph_edges, hub_ips, user_ip_links, users_of_hubs

ACTIVITY = [
    ("u1", "192.0.2.1"),
    ("u1", "192.0.2.1"),  # the same request again: still one link
    ("u2", "192.0.2.1"),  # two users: at the limit, kept
    (None, "192.0.2.1"),  # anonymous: counts for nothing
    ("u1", "192.0.2.9"),
    ("u2", "192.0.2.9"),
    ("u3", "192.0.2.9"),  # the third user: a hub
    ("u3", "192.0.2.9"),
    (None, "192.0.2.5"),  # anonymous only: no node
    ("192.0.2.1", "192.0.2.7"),  # a user named like an address
]
LINKS = {
    ("u1", "192.0.2.1"),
    ("u2", "192.0.2.1"),
    ("u1", "192.0.2.9"),
    ("u2", "192.0.2.9"),
    ("u3", "192.0.2.9"),
    ("192.0.2.1", "192.0.2.7"),
}


def test_links_hubs_and_edges(spark: SparkSession) -> None:
    activity = spark.createDataFrame(ACTIVITY, "user_id string, ip string")
    links = user_ip_links(activity)
    rows = [tuple(row) for row in links.collect()]
    assert len(rows) == len(LINKS) and set(rows) == LINKS
    hubs = hub_ips(links, max_users_per_ip=2)
    assert [row.ip for row in hubs.collect()] == ["192.0.2.9"]
    edges = sorted(tuple(row) for row in graph_edges(links, hubs).collect())
    assert edges == [("0192.0.2.1", "1192.0.2.7"), ("0u1", "1192.0.2.1"), ("0u2", "1192.0.2.1")]
    # u3 used the hub only; u1 and u2 have another address too; the user named like an address never met the hub.
    assert sorted(row.user_id for row in users_of_hubs(links, hubs).collect()) == ["u1", "u2", "u3"]


def test_no_activity_gives_no_edges(spark: SparkSession) -> None:
    links = user_ip_links(spark.createDataFrame([], "user_id string, ip string"))
    assert graph_edges(links, hub_ips(links, 50)).collect() == []
