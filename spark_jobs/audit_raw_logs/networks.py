"""Classes of addresses: private, bogon (never routed on the internet), public.

Source: IANA's IPv4 and IPv6 Special-Purpose Address Registries, RFC 1918, RFC 4193; multicast by RFC 5771 and RFC 4291.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from ipaddress import IPv6Address, ip_address, ip_network
from types import TracebackType

from pyspark import RDD

PRIVATE, BOGON, PUBLIC, HOST_NAME = "private", "bogon", "public", "host name"
NETWORKS = {
    PRIVATE: "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
    BOGON: (
        "0.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
        "224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 100::/64 2001:2::/48 2001:10::/28 2001:db8::/32 3fff::/20 5f00::/16 fe80::/10 ff00::/8"
    ),
}


class NetworkTable:
    """The networks as sorted ranges of numbers, for one look-up by bisection an address. Open it with `with`.

    It remembers what it has answered. Python workers outlive a partition, so closing matters: it lets go of the ranges and the answers.
    """

    def __init__(self) -> None:
        self._ranges: dict[int, list[tuple[int, int, str]]] = {}
        self._answers: dict[str, str] = {}

    def __enter__(self) -> "NetworkTable":
        networks = [(ip_network(text), name) for name, texts in NETWORKS.items() for text in texts.split()]
        for version in (4, 6):
            of_version = [(network, name) for network, name in networks if network.version == version]
            self._ranges[version] = sorted((int(n.network_address), int(n.broadcast_address), name) for n, name in of_version)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ranges.clear()
        self._answers.clear()

    def class_of(self, address: str) -> str:
        """The class of an address as a log writes it; an IPv4 address in an IPv6 one (::ffff:0:0/96) is judged itself."""
        if address not in self._answers:
            self._answers[address] = self._look_up(address)
        return self._answers[address]

    def _look_up(self, address: str) -> str:
        try:
            parsed = ip_address(address)
        except ValueError:
            return HOST_NAME
        found = (parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None) or parsed
        ranges, number = self._ranges[found.version], int(found)
        at = bisect_right(ranges, number, key=lambda network: network[0])
        return ranges[at - 1][2] if at and number <= ranges[at - 1][1] else PUBLIC


def address_classes(
    requests_per_ip: RDD[tuple[str, int]], table: Callable[[], AbstractContextManager[NetworkTable]] = NetworkTable
) -> RDD[tuple[str, tuple[int, int]]]:
    """Grain: one (class, (addresses, requests)) a class that occurs. The table is opened once a partition and closed even if it fails."""

    def classes(counts: Iterable[tuple[str, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
        with table() as networks:
            for address, requests in counts:
                yield networks.class_of(address), (1, requests)

    return requests_per_ip.mapPartitions(classes).reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]))
