"""A day whose landing has corrections: of every kind of bad line, hostile ones among them."""

from datetime import date, timedelta
from typing import Any

from tests.landing import Landing, fix

MAX_LINE_BYTES = 2000
TOO_LONG = "x" * (MAX_LINE_BYTES + 1)


def requests_of(day: date) -> tuple[list[str | bytes], list[dict[str, Any]]]:
    """Bad lines of the landing of a day, and their corrections."""
    before, long_ago, after = (day + timedelta(days=offset) for offset in (-1, -9, 1))
    good = f"{day}T11:00:00Z u1 192.0.2.1 /good.html"
    combined = f'192.0.2.9 - - [{day:%d/%b/%Y}:10:00:00 +0000] "GET /c.css HTTP/1.1" 200 7 "-" "agent"'
    pairs: list[tuple[str | bytes, str | None]] = [
        ("no request", f"{day}T10:00:00Z corrected 192.0.2.7 /a.html"),
        ("no request at all", f"{before}T10:00:00Z corrected 192.0.2.7 /late.html"),  # becomes a late line
        (f"{long_ago}T10:00:00Z u2 192.0.2.8 /old", f"{day}T10:00:00Z u2 192.0.2.8 /old"),  # OUT_OF_WINDOW
        (f"{day}T10:00:00Z u3 999.0.0.1 /bad-ip", combined),
        (b"\xff\xfe no text", f"{day}T10:00:00Z <b>u</b> 192.0.2.7 /=1+1.png"),
        ("drop me", None),
        ("drop me too", None),
        (f"{after}T10:00:00Z u4 192.0.2.8 /future", None),
        # Hostile replacements: bad lines like any other.
        ("hostile 1", "still no request"),
        ("hostile 2", f"{day}T10:00:00Z u5 192.0.2.8 /x\x00"),
        ("hostile 3", f"{day}T10:00:00Z u5 192.0.2.8 /x\r"),
        ("hostile 4", TOO_LONG),
        ("hostile 5", ""),
        ("hostile 6", f"{long_ago}T10:00:00Z u5 192.0.2.8 /x"),
        ("hostile 7", "hostile 8"),  # a replacement is not corrected again
        ("hostile 8", f"{day}T10:00:00Z u8 192.0.2.8 /eight.html"),
        (good, f"{day}T10:00:00Z never 192.0.2.8 /never"),  # the line is good: this matches nothing
    ]
    return [*(line for line, _ in pairs), "drop me", "left alone"], [fix(line, replacement) for line, replacement in pairs]


USER_LINES = [
    '{"user_id":"two","age":1}',
    '{"user_id":"two","age":2}',  # one of them is dropped: the other is right
    '{"user_id":"three","age":1}',
    '{"user_id":"three","age":2}',
    '{"user_id":"three","age":3}',  # two are left, they go on disagreeing
    '{"user_id":"four","age":"4"}',  # bad by itself; its correction disagrees with a good line, which then is corrected as well
    '{"user_id":"four","age":44}',
    '{"user_id":"five","age":"5"}',  # its correction equals a good line: a duplicate
    '{"user_id":"five","age":5}',
    '{"user_id":"six"',
    '{"user_id":"seven","age":7}',
    '{"user_id":"seven","age":77}',  # both become another user's
    '{"user_id":"nine","age":999}',
]
USER_FIXES = [
    fix(USER_LINES[1], None),
    fix(USER_LINES[4], None),
    fix(USER_LINES[5], '{"user_id":"four","age":4}'),
    fix(USER_LINES[6], '{"user_id":"four","age":4}'),
    fix(USER_LINES[7], '{"user_id":"five","age":5}'),
    fix(USER_LINES[9], '{"user_id":"six","age":6,"name":"=six"}'),
    fix(USER_LINES[10], '{"user_id":"eight","age":8}'),
    fix(USER_LINES[11], '{"user_id":"eight","age":8}'),
    fix(USER_LINES[12], '{"user_id":"nine"} and more'),
]
PROFILE_LINES = ['p1,"open', "p2,a", "p2,b", ",nobody", "p3,x"]
PROFILE_FIXES = [fix(PROFILE_LINES[0], "p1,closed"), fix(PROFILE_LINES[1], "p2,b"), fix(PROFILE_LINES[3], None)]


def land(landing: Landing, day: date) -> None:
    """A day that the gates let pass with and without its corrections."""
    bad, _ = requests_of(day)
    # 0.2.7 asks as p1, p2 and p3, so that the audit finds their profiles.
    good = [f"{day}T11:00:00Z {('p1', 'p2', 'p3')[n % 3]} 192.0.2.{n % 7} /p{n % 5}.html" for n in range(600)]
    landing.requests(day, "a b+c%20é.log", [*bad, *good, f"{day}T11:00:00Z u1 192.0.2.1 /good.html"])
    landing.requests(day, "repeated.log", ["no request", "drop me"])
    landing.requests(day, "z repeated.log", ["no request", "drop me"])
    landing.users(day, "u.json", [*USER_LINES, *({"user_id": f"x{n}", "age": n % 90} for n in range(400))])
    landing.profiles(day, "p.csv", [*PROFILE_LINES, *(f"x{n},1" for n in range(200))], gz=True)
    landing.complete(day)


def correct(landing: Landing, day: date) -> None:
    _, fixes = requests_of(day)
    landing.corrections(day, "requests", "a.jsonl", fixes[:5])
    landing.corrections(day, "requests", "b.jsonl", [*fixes[5:], fixes[0]])
    landing.corrections(day, "requests", "empty.jsonl", b"")
    landing.corrections(day, "users", "a.jsonl", USER_FIXES)
    landing.corrections(day, "profiles", "a.jsonl", PROFILE_FIXES)
