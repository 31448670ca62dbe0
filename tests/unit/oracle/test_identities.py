"""Clusters of users and addresses."""

from datetime import date

from tests.oracle.identities import build_identities

DAY = date(2026, 11, 1)


def test_clusters() -> None:
    used = [
        ("b", "1.1.1.1"),  # a and b share an address,
        ("a", "1.1.1.1"),
        ("b", "2.2.2.2"),  # b and c another: one cluster
        ("c", "2.2.2.2"),
        ("d", "3.3.3.3"),  # alone, with an address
        ("e", "9.9.9.9"),  # uses the hub only
        ("a", "9.9.9.9"),  # the hub links a and e to nobody
    ]
    assert build_identities(used, ["9.9.9.9"], DAY) == [
        (DAY, "ip", "1.1.1.1", "a", 3, 2),
        (DAY, "ip", "2.2.2.2", "a", 3, 2),
        (DAY, "ip", "3.3.3.3", "d", 1, 1),
        (DAY, "user", "a", "a", 3, 2),
        (DAY, "user", "b", "a", 3, 2),
        (DAY, "user", "c", "a", 3, 2),
        (DAY, "user", "d", "d", 1, 1),
        (DAY, "user", "e", "e", 1, 0),
    ]


def test_a_user_named_like_an_address_is_not_the_address() -> None:
    assert build_identities([("1.1.1.1", "2.2.2.2"), ("x", "1.1.1.1")], [], DAY) == [
        (DAY, "ip", "1.1.1.1", "x", 1, 1),
        (DAY, "ip", "2.2.2.2", "1.1.1.1", 1, 1),
        (DAY, "user", "1.1.1.1", "1.1.1.1", 1, 1),
        (DAY, "user", "x", "x", 1, 1),
    ]


def test_no_named_users_and_hubs_only() -> None:
    assert build_identities([], [], DAY) == []
    assert build_identities([("a", "1.1.1.1")], ["1.1.1.1"], DAY) == [(DAY, "user", "a", "a", 1, 0)]
