"""The measures of the audit, each as lines of findings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pyspark import RDD, Broadcast, StorageLevel

from spark_jobs.audit_raw_logs import users
from spark_jobs.audit_raw_logs.blocklist import is_blocked
from spark_jobs.audit_raw_logs.findings import finding
from spark_jobs.audit_raw_logs.hops import ADDRESS, USER, Node, hops_from_blocked
from spark_jobs.audit_raw_logs.judging import Judged, Outcome
from spark_jobs.audit_raw_logs.keeping import kept
from spark_jobs.audit_raw_logs.networks import address_classes
from spark_jobs.audit_raw_logs.request_line import Request

MALFORMED_SHOWN = 20


def requests_of_day(judged: RDD[Judged]) -> RDD[Request]:
    """The accepted requests, blocked ones too. Grain: one a line; late lines are not among them."""
    return judged.filter(lambda line: line.outcome == Outcome.ACCEPTED).flatMap(lambda line: [line.request] if line.request else [])


def malformed_lines(judged: RDD[Judged]) -> list[str]:
    """The first malformed lines, in the order of files and lines, and no more than MALFORMED_SHOWN."""
    malformed = judged.filter(lambda line: line.outcome == Outcome.MALFORMED)
    return [finding("malformed", source_file=line.source_file, line=line.sample) for line in malformed.take(MALFORMED_SHOWN)]


def of_users(requests: RDD[Request], profiles: RDD[tuple[str, list[str]]], top: int) -> list[str]:
    """How many named users have a profile, and the users with the most requests, each with its profile's fields."""
    per_user = users.requests_per_user(requests)
    with kept(users.with_profiles(per_user, users.agreed_profiles(profiles)), StorageLevel.MEMORY_AND_DISK) as joined:
        with_profile = joined.filter(lambda user: user[1][1] is not None).count()
        named = joined.count()
        first = users.top_by_sort(joined.mapValues(lambda value: value[0]), top)
        names = {name for name, _ in first}
        infos = {name: info for name, (_, info) in joined.filter(lambda user: user[0] in names).collect()}
    return [
        finding("users", named=named, with_profile=with_profile),
        *(finding("top_user", user_id=name, requests=count, info=infos[name]) for name, count in first),
    ]


def of_addresses(requests: RDD[Request], top: int) -> list[str]:
    """The classes of the addresses, and the addresses with the most requests."""
    with kept(users.requests_per_ip(requests), StorageLevel.MEMORY_AND_DISK) as per_ip:
        classes = sorted(address_classes(per_ip).collect())
        first = users.top_by_sorted_key(per_ip, top)
    return [
        *(finding("address_class", name=name, addresses=addresses, requests=count) for name, (addresses, count) in classes),
        *(finding("top_ip", ip=name, requests=count) for name, count in first),
    ]


@contextmanager
def walk(
    requests: RDD[Request],
    literals: Broadcast[tuple[str, ...]],
    max_users_per_ip: int,
    max_hops: int,
    checkpoint_every: int,
    partitions: int,
) -> Iterator[Sequence[RDD[str]]]:
    """Findings of which there may be many, as RDDs that live as long as the block: the hubs, and who is how near to blocked traffic.

    A hub, an address with more than max_users_per_ip named users, links nobody.
    """
    blocked = requests.filter(lambda request: is_blocked(request, literals.value)).flatMap(_nodes).distinct()
    with kept(users.users_per_ip(requests, max_users_per_ip), StorageLevel.MEMORY_AND_DISK) as per_ip:
        hubs = per_ip.filter(lambda ip: len(ip[1]) > max_users_per_ip).keys()
        pairs = per_ip.filter(lambda ip: len(ip[1]) <= max_users_per_ip).flatMap(lambda ip: [(user, ip[0]) for user in ip[1]])
        near = hops_from_blocked(pairs, blocked, max_hops, checkpoint_every, partitions)
        yield [hubs.map(lambda ip: finding("hub", ip=ip)), near.map(_near_finding)]


def _nodes(request: Request) -> Iterator[Node]:
    yield ADDRESS, request.ip
    if request.user_id is not None:
        yield USER, request.user_id


def _near_finding(node: tuple[Node, int]) -> str:
    (node_type, name), hops = node
    return finding("near_blocked", node_type=node_type, node=name, hops=hops)
