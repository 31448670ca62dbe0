"""The RDD measures against plain Python over the same hand-made requests."""

import json
from collections import Counter, defaultdict
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from pyspark import RDD, StorageLevel
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs import users
from spark_jobs.audit_raw_logs.corrections import corrected_profiles
from spark_jobs.audit_raw_logs.counters import NAMES, category, count_lines
from spark_jobs.audit_raw_logs.findings import check_is_new, finding, save
from spark_jobs.audit_raw_logs.judging import Judged, Outcome
from spark_jobs.audit_raw_logs.keeping import TWO_COPIES, checkpoints, kept
from spark_jobs.audit_raw_logs.measures import malformed_lines, of_users, requests_of_day
from spark_jobs.audit_raw_logs.networks import NETWORKS, NetworkTable, address_classes
from spark_jobs.audit_raw_logs.request_line import Request
from spark_jobs.lake.errors import WrongUsage
from tests.oracle.file_types import file_type

ACTIONS = ["/a.html", "/b/c.JPG?x=1.css", "/d.css#e.jpg", "/plain", "/.html", "/x.tar.gz", "/a.html/", "/evil.jpg", "/é.jpg", "-"]


def request(user: str | None, ip: str, action: str = "/x", agent: str | None = None) -> Request:
    return Request(739_000, user, ip, action, agent)


# Users 0 … 6 with equal counts in pairs, so that ties decide; `u1` is the start of `u10`; one address with everybody.
REQUESTS = [
    *[request(f"u{n % 7}", f"10.0.0.{n % 3}", ACTIONS[n % len(ACTIONS)]) for n in range(70)],
    *[request(f"u{n}", "8.8.8.8", "/a.html", "bad robot") for n in range(12)],
    request(None, "host.example"), request(None, "10.0.0.1"), request("é", "::1"), request("e", "::ffff:8.8.8.8"),
    request("10.0.0.1", "::1"),
]  # fmt: skip


@pytest.fixture
def requests(spark: SparkSession) -> RDD[Request]:
    return spark.sparkContext.parallelize(REQUESTS, 4)


def test_requests_per_user_and_the_top_by_either_sort(requests: RDD[Request]) -> None:
    counts = users.requests_per_user(requests)
    wanted = Counter(one.user_id for one in REQUESTS if one.user_id)
    assert dict(counts.collect()) == wanted
    ordered = sorted(wanted.items(), key=lambda count: (-count[1], count[0].encode()))
    assert len({count for _, count in ordered}) < len(ordered), "no ties to decide"
    for top in (1, 3, len(ordered), len(ordered) + 5):
        assert users.top_by_sort(counts, top) == users.top_by_sorted_key(counts, top) == ordered[:top]


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_users_per_ip_are_bounded_sets(requests: RDD[Request], limit: int) -> None:
    wanted = defaultdict(set)
    for one in REQUESTS:
        if one.user_id:
            wanted[one.ip].add(one.user_id)
    found = dict(users.users_per_ip(requests, limit).collect())
    assert found == {ip: tuple(sorted(names)[: limit + 1]) for ip, names in wanted.items()}
    assert max(map(len, found.values())) <= limit + 1


def test_profiles_joined_with_requests_per_user(spark: SparkSession, requests: RDD[Request]) -> None:
    lines = [b"u1,a,b", b"u1,a,b", b'u2,"x, y",', b"u3,1", b"u3,2", b"u3,3", b"silent,z", b'bad"line', b"e"]
    profile_lines = spark.sparkContext.parallelize([("profiles/dt=2026-11-01/p.csv", line) for line in lines], 3)
    told = [json.loads(line) for line in of_users(requests, corrected_profiles(profile_lines, {}, 1024), 100)]
    named = {one.user_id for one in REQUESTS if one.user_id}
    assert told[0] == {"finding": "users", "named": len(named), "with_profile": 3}
    infos = {user["user_id"]: user["info"] for user in told[1:]}
    # u3's lines disagree, `silent` has no requests.
    assert infos == {**dict.fromkeys(named), "u1": ["a", "b"], "u2": ["x, y", ""], "e": []}


class RecordingTable(NetworkTable):
    """Leaves a file for each opening and closing, since both happen in Spark's Python workers."""

    folder: Path

    def __enter__(self) -> "RecordingTable":
        super().__enter__()
        (self.folder / f"opened-{id(self)}-{len(list(self.folder.iterdir()))}").touch()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(None, None, None)
        assert not self._ranges and not self._answers
        (self.folder / f"closed-{id(self)}-{len(list(self.folder.iterdir()))}").touch()


def openings(folder: Path) -> tuple[int, int]:
    return len(list(folder.glob("opened-*"))), len(list(folder.glob("closed-*")))


def test_the_network_table_is_opened_once_a_partition_and_closed(spark: SparkSession, tmp_path: Path) -> None:
    def table() -> NetworkTable:
        opened = RecordingTable()
        opened.folder = tmp_path
        return opened

    counts = [
        ("10.1.2.3", 5),
        ("fd00::1", 1),
        ("127.0.0.1", 2),
        ("8.8.8.8", 4),
        ("::ffff:8.8.8.8", 1),
        ("host.example", 1),
        ("2001:db8::1", 1),
    ]
    one_core = spark.sparkContext.parallelize(counts, 3)
    found = dict(address_classes(one_core, table).collect())
    assert found == {"private": (2, 6), "bogon": (2, 3), "public": (2, 5), "host name": (1, 1)}
    assert openings(tmp_path) == (3, 3)


def test_the_network_table_is_closed_when_a_partition_fails(spark: SparkSession, tmp_path: Path) -> None:
    def table() -> NetworkTable:
        opened = RecordingTable()
        opened.folder = tmp_path
        return opened

    counts = spark.sparkContext.parallelize([("8.8.8.8", 1), ("8.8.4.4", "no number"), ("1.1.1.1", 1)], 1)
    with pytest.raises(Exception, match="unsupported operand"):
        address_classes(counts, table).collect()  # type: ignore[arg-type]
    opened, closed = openings(tmp_path)
    assert opened == closed >= 1


def test_the_table_agrees_with_a_plain_search_of_its_networks() -> None:
    networks = [(ip_network(text), name) for name, texts in NETWORKS.items() for text in texts.split()]
    edges = [int(n.network_address) + d for n, _ in networks for d in (-1, 0)] + [
        int(n.broadcast_address) + d for n, _ in networks for d in (0, 1)
    ]
    addresses = {str(ip_address(number)) for number in edges if 0 <= number < 2**128}
    addresses |= {str(network.network_address) for network, _ in networks}
    with NetworkTable() as table:
        for address in addresses:
            holding = {name for network, name in networks if ip_address(address) in network}
            assert table.class_of(address) == next(iter(holding), "public"), address


def judged_lines() -> list[Judged]:
    lines = [Judged("a.log", Outcome.ACCEPTED, one, "") for one in REQUESTS]
    lines += [Judged("a.log", Outcome.LATE, request("u1", "1.1.1.1", "/late.css"), "")]
    lines += [Judged("a.log", Outcome.MALFORMED, None, f"bad {n}") for n in range(30)]
    return lines + [Judged("b.log", Outcome.DUPLICATE, None, "")] * 5


def test_all_counters_in_one_pass(spark: SparkSession) -> None:
    sc = spark.sparkContext
    literals = ("evil", "robot", "::1")
    found = count_lines(sc, sc.parallelize(judged_lines(), 5), sc.broadcast(literals))
    wanted: Counter[str] = Counter(malformed=30, css=1)
    for one in REQUESTS:
        if any(literal in str(field) for literal in literals for field in (one.user_id, one.ip, one.action, one.user_agent)):
            wanted["blocked"] += 1
        else:
            wanted[found_type if (found_type := file_type(one.action)) in ("jpg", "html", "css") else "other"] += 1
    assert found == {name: wanted[name] for name in NAMES}
    assert min(found.values()) > 0 and sum(found.values()) == len(judged_lines()) - 5


def test_an_accumulator_in_a_transformation_counts_again_and_in_an_action_it_does_not(spark: SparkSession) -> None:
    """Why count_lines uses an action."""
    sc = spark.sparkContext
    lines, counter = sc.parallelize(judged_lines(), 5), sc.accumulator(0)

    def counted(line: Judged) -> Judged:
        counter.add(1)
        return line

    counting = lines.map(counted)
    counting.count()
    counting.filter(lambda line: category(line, ()) == "malformed").count()
    assert counter.value == 2 * len(judged_lines())
    first, again = (count_lines(sc, lines, sc.broadcast(())) for _ in range(2))
    assert first == again and sum(first.values()) == len(judged_lines()) - 5


def test_only_accepted_lines_are_requests_of_the_day_and_few_malformed_are_shown(spark: SparkSession) -> None:
    judged = spark.sparkContext.parallelize(judged_lines(), 5)
    assert requests_of_day(judged).collect() == REQUESTS
    assert [json.loads(line)["line"] for line in malformed_lines(judged)] == [f"bad {n}" for n in range(20)]


def storage(spark: SparkSession) -> dict[int, tuple[str, int]]:
    """What the storage page shows: by RDD its level and how many partitions are kept."""
    context = spark.sparkContext._jsc.sc()  # type: ignore[attr-defined]
    context.listenerBus().waitUntilEmpty()
    infos = context.getRDDStorageInfo()
    return {info.id(): (info.storageLevel().description(), info.numCachedPartitions()) for info in infos}


def test_two_copies_are_kept_for_the_block_and_no_longer(spark: SparkSession) -> None:
    lines = spark.sparkContext.parallelize(range(100), 4).map(str)
    with kept(lines, TWO_COPIES) as judged:
        judged.count()
        assert storage(spark)[judged.id()] == ("Disk Memory Serialized 2x Replicated", 4)
        assert judged.getStorageLevel() == StorageLevel.MEMORY_AND_DISK_2
    assert lines.id() not in storage(spark)
    with pytest.raises(ZeroDivisionError), kept(lines, TWO_COPIES) as judged:
        judged.count()
        raise ZeroDivisionError
    assert lines.id() not in storage(spark)


def test_checkpoints_are_gone_after_the_block(spark: SparkSession, tmp_path: Path) -> None:
    with checkpoints(spark, tmp_path.as_uri()) as own:
        numbers = spark.sparkContext.parallelize(range(3), 1)
        numbers.checkpoint()
        numbers.count()
        assert list(Path(own.removeprefix("file:")).rglob("part-*"))
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_findings_are_written_once_and_never_over_others(spark: SparkSession, tmp_path: Path) -> None:
    uri = (tmp_path / "findings").as_uri()
    check_is_new(spark, uri)
    save(spark, uri, [finding("a", é=1)], [spark.sparkContext.parallelize(["x", "y"], 2)])
    written = {file.name: file.read_bytes() for file in (tmp_path / "findings").iterdir()}
    assert "_SUCCESS" in written
    lines = [line for name in sorted(written) if name.startswith("part-") for line in written[name].decode().splitlines()]
    assert lines == ['{"finding": "a", "é": 1}', "x", "y"]
    for refused in (lambda: check_is_new(spark, uri), lambda: save(spark, uri, ["other"], [])):
        with pytest.raises(
            WrongUsage, match=r"findings exists already and is never overwritten: move it away.*or give another --findings-uri"
        ):
            refused()
    assert {file.name: file.read_bytes() for file in (tmp_path / "findings").iterdir()} == written
