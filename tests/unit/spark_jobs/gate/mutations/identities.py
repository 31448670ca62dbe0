"""Mutations for the suite of stage identities. The sizes of the clusters are kept right where another rule is meant."""

from typing import Any

from tests.unit.spark_jobs.gate.mutations.edits import add, breaks, drop, put
from tests.unit.spark_jobs.gate.world import Edit

FIRST, SECOND = {"cluster_id": "u1"}, {"cluster_id": "u9"}
U2, U9, SECOND_IP, LAST_IP = ({"node": node} for node in ("u2", "u9", "192.0.2.2", "192.0.2.4"))


def _put(match: dict[str, Any], **values: Any) -> Edit:
    return put("mart_identities", match, **values)


MUTATIONS = {
    "mart.identities": {
        "node_type_is_present": breaks(add("mart_identities", U9, node_type=None, node="x")),
        # A node without a name is no address of core.activity (a user, no user): that it is an extra node is true as well.
        "node_is_present": breaks(add("mart_identities", LAST_IP, node=None), _put(SECOND, cluster_ips=2), also="every_linking_ip_once"),
        "cluster_id_is_present": breaks(_put(LAST_IP, cluster_id=None, cluster_users=0), _put(U9, cluster_ips=0)),
        "node_type_is_known": breaks(add("mart_identities", U9, node_type="host", node="x")),
        "node_type_node_is_unique": breaks(add("mart_identities", U9), _put(SECOND, cluster_users=2)),
        "every_named_user_once": breaks(drop("mart_identities", U2), _put(FIRST, cluster_users=1)),
        "every_linking_ip_once": breaks(drop("mart_identities", SECOND_IP), _put(FIRST, cluster_ips=1)),
        "linked_nodes_share_a_cluster": breaks(
            _put(FIRST, cluster_ips=1), _put(SECOND, cluster_ips=2), _put(SECOND_IP, cluster_id="u9", cluster_users=1, cluster_ips=2)
        ),
        "cluster_id_is_the_smallest_user": breaks(_put(FIRST, cluster_id="u2")),
        "cluster_sizes_are_counts": breaks(_put(U2, cluster_users=3)),
    }
}
