"""Counts by user and by address, as pair RDDs."""

from operator import add

from pyspark import RDD

from spark_jobs.audit_raw_logs.request_line import Request

Counts = RDD[tuple[str, int]]


def requests_per_user(requests: RDD[Request]) -> Counts:
    """Grain: one (user_id, requests) a named user."""
    named = requests.filter(lambda request: request.user_id is not None)
    return named.map(lambda request: (str(request.user_id), 1)).reduceByKey(add)


def requests_per_ip(requests: RDD[Request]) -> Counts:
    """Grain: one (ip, requests) an address or host name."""
    return requests.map(lambda request: (request.ip, 1)).reduceByKey(add)


def top_by_sort(counts: Counts, top: int) -> list[tuple[str, int]]:
    """The `top` keys by count, ties by key ascending; sortBy on both at once."""
    ordered: Counts = counts.sortBy(lambda count: (-count[1], count[0]))  # type: ignore[type-var]  # tuples compare
    return ordered.take(top)


def top_by_sorted_key(counts: Counts, top: int) -> list[tuple[str, int]]:
    """The same by sortByKey, descending on the count: what decides ties must then itself run backwards.

    It is made part of the key, since sortByKey compares what its keyfunc makes of a key with plain keys.
    """
    keyed = counts.map(lambda count: ((count[1], _backwards(count[0])), count[0]))
    ordered: RDD[tuple[tuple[int, tuple[int, ...]], str]] = keyed.sortByKey(ascending=False)  # type: ignore[call-overload]  # tuples compare
    return [(name, count) for (count, _), name in ordered.take(top)]


def _backwards(text: str) -> tuple[int, ...]:
    """A sort key that turns the order of texts round. The end, as 1, stands after every character, so that `ab` comes before `a`."""
    return (*(-ord(character) for character in text), 1)


def users_per_ip(requests: RDD[Request], max_users: int) -> RDD[tuple[str, tuple[str, ...]]]:
    """Grain: one (ip, user_ids) an address with named users. user_ids: sorted, the smallest max_users + 1 of them.

    So an address with more than max_users is known as such, but holds no more memory than that. aggregateByKey makes the sets before the
    shuffle; groupByKey would send every request's user and hold all of an address in one task (bench/rdd_users_per_ip.py).
    """
    limit = max_users + 1

    def with_user(users: frozenset[str], user_id: str) -> frozenset[str]:
        return users if user_id in users else _smallest(users | {user_id}, limit)

    def merged(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
        return _smallest(left | right, limit)

    pairs = requests.filter(lambda request: request.user_id is not None).map(lambda request: (request.ip, str(request.user_id)))
    nobody: frozenset[str] = frozenset()
    return pairs.aggregateByKey(nobody, with_user, merged).mapValues(lambda users: tuple(sorted(users)))


def _smallest(users: frozenset[str], limit: int) -> frozenset[str]:
    return users if len(users) <= limit else frozenset(sorted(users)[:limit])


def agreed_profiles(profiles: RDD[tuple[str, list[str]]]) -> RDD[tuple[str, list[str]]]:
    """Grain: one (user_id, info) a user whose profile lines all say the same; users whose lines disagree are left out."""
    nothing: frozenset[tuple[str, ...]] = frozenset()
    two_at_most = profiles.mapValues(tuple).aggregateByKey(nothing, lambda seen, info: _two(seen | {info}), lambda a, b: _two(a | b))
    return two_at_most.filter(lambda profile: len(profile[1]) == 1).mapValues(lambda seen: list(next(iter(seen))))


def _two(infos: frozenset[tuple[str, ...]]) -> frozenset[tuple[str, ...]]:
    return infos if len(infos) <= 2 else frozenset(sorted(infos)[:2])


def with_profiles(counts: Counts, profiles: RDD[tuple[str, list[str]]]) -> RDD[tuple[str, tuple[int, list[str] | None]]]:
    """Left outer join. Grain: that of the counts; the info is None for a user without an agreed profile."""
    return counts.leftOuterJoin(profiles)
