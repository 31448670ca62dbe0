"""Ports on loopback for servers that must come back at the same one."""

import random

from tools.airflow_ui import port_is_free

# Below those that a system gives to connections: while a server is down, one of these might take its port.
LOWEST, HIGHEST = 12000, 32000


def lasting_ports(count: int) -> int:
    """The first of so many free ports in a row."""
    for _ in range(100):
        first = random.randrange(LOWEST, HIGHEST - count)
        if all(port_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError("no row of free ports")
