"""mart.identities: the connected components of the graph of users and addresses, on the whole graph at once."""

from datetime import date
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def build_identities(used: list[tuple[str, str]], hubs: list[str], day: date) -> list[tuple[Any, ...]]:
    """Rows (event_day, node_type, node, cluster_id, cluster_users, cluster_ips), sorted by node_type and node.

    used: the distinct (user_id, ip) of named users. A hub is no node; a user with hubs only is a cluster of one.
    """
    if not used:
        return []
    users = sorted({user for user, _ in used})
    ips = sorted({ip for _, ip in used} - set(hubs))
    components = _components(used, users, ips)
    of_users, of_ips = components[: len(users)], components[len(users) :]
    # users is sorted, so the first user of a component is its smallest.
    present, first = np.unique(of_users, return_index=True)
    cluster_ids = {int(component): users[index] for component, index in zip(present, first, strict=True)}
    user_counts = np.bincount(of_users, minlength=len(components))
    ip_counts = np.bincount(of_ips, minlength=len(components))
    nodes = [("ip", ip) for ip in ips] + [("user", user) for user in users]
    return [
        (day, node_type, node, cluster_ids[component], int(user_counts[component]), int(ip_counts[component]))
        for (node_type, node), component in zip(nodes, [*of_ips.tolist(), *of_users.tolist()], strict=True)
    ]


def _components(used: list[tuple[str, str]], users: list[str], ips: list[str]) -> np.ndarray:
    """The component number of each user, then of each address."""
    user_index = {user: index for index, user in enumerate(users)}
    ip_index = {ip: len(users) + index for index, ip in enumerate(ips)}
    edges = [(user_index[user], ip_index[ip]) for user, ip in used if ip in ip_index]
    rows, columns = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    size = len(users) + len(ips)
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (rows, columns)), shape=(size, size))
    _, components = connected_components(graph, directed=False)
    return np.asarray(components)
