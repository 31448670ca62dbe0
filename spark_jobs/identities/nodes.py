"""How a user and an address are written as nodes of one graph.

A node is a tag and the name: `0` for a user, `1` for an address. So a user named like an address is another node than
the address, and in the order of UTF-8 bytes (the order of Spark's, Arrow's and Python's strings) all users come before
all addresses: the smallest node of a component that holds a user is its smallest user.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

USER_TAG = "0"
IP_TAG = "1"


def user_node(user_id: Column) -> Column:
    """The node of a user; NULL for NULL."""
    return F.concat(F.lit(USER_TAG), user_id)


def ip_node(ip: Column) -> Column:
    """The node of an address; NULL for NULL."""
    return F.concat(F.lit(IP_TAG), ip)


def is_user(node: Column) -> Column:
    """Whether a node is a user's."""
    return node.startswith(USER_TAG)


def name_of(node: Column) -> Column:
    """The user_id or the address that a node stands for."""
    return F.substring(node, 2, F.length(node))
