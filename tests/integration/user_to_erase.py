"""Three days of a landing, two of them with a user who is to be erased, and the same days without."""

from datetime import date
from urllib.parse import quote

from tests.landing import Landing, fix

# Short enough for the bounds in manifests to hold it whole; and all of it begins the name of somebody else.
USER, OTHER = "erika.gone-47@x", "erika.gone-47@xy"
ONE, TWO, THREE = date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3)
HUB_LIMIT = 5


def requests(day: date) -> list[str]:
    """Users on a few addresses, one of which is a hub, USER among them; OTHER's name begins with USER's."""
    lines = [f"{day}T10:{n:02}:00Z u{n} 192.0.2.{n % 4} /p{n}.html" for n in range(20)]
    return [*lines, *(f"{day}T11:0{n}:00Z u{n} 198.51.100.1 /hub" for n in range(HUB_LIMIT)), f"{day}T12:00Z {OTHER} 192.0.2.1 /other"]


def of_user(day: date) -> list[str]:
    return [
        f"{day}T09:00:00Z {USER} 192.0.2.1 /mine.html",
        f"{day}T09:00:30Z {USER} 198.51.100.1 /hub",
        f'203.0.113.9 - {USER} [{day:%d/%b/%Y}:09:01:00 +0000] "GET /a HTTP/1.1" 200 7',
        f"{day}T09:02:00Z {USER} 192.0.2.300 /bad-ip",
        f"{day}T09:02:30Z u1 192.0.2.300 /login?mail={quote(USER, safe='')}",
    ]


# Bad lines of TWO, with what stands in for them: the first and the last are of the user then, the other one of somebody else.
OF_OTHERS = f"{TWO}T13:00:00Z u3 192.0.2.3 /corrected"
CORRECTED = {
    "a broken line": f"{TWO}T09:03:00Z {USER} 192.0.2.2 /corrected",
    f"a broken line that names {USER}": OF_OTHERS,
    "a worse line": f"{TWO}T09:04:00Z {USER} 192.0.2.300 /still-bad",
}


def users(day: date) -> list[dict[str, object]]:
    return [*({"user_id": f"u{n}", "age": 15 + n, "gender": "f"} for n in range(20)), {"user_id": OTHER, "age": 20}]


def land(landing: Landing, with_user: bool) -> None:
    """The same days, with the user's lines and without."""
    for day in (ONE, TWO):
        corrected = [] if day == ONE else CORRECTED if with_user else [OF_OTHERS]
        landing.requests(day, "a.log", [*requests(day), *(of_user(day) if with_user else []), *corrected])
        landing.users(day, "u.json", [*users(day), *([{"user_id": USER, "name": "Erika", "age": 20, "gender": "f"}] if with_user else [])])
        landing.users(
            day, "v.json", [*[{"user_id": f"v{n}"} for n in range(30)], *([f'{{"user_id": "{USER}", "age": "?"}}'] if with_user else [])]
        )
        landing.profiles(day, "p.csv", [*(f"u{n},x" for n in range(20)), *([f'"{USER}",a,b'] if with_user else [])], gz=True)
    if with_user:
        landing.corrections(TWO, "requests", "fixes.jsonl", [fix(*each) for each in CORRECTED.items()])
    late = [f"{ONE}T23:00Z {USER} 192.0.2.2 /late"] if with_user else []
    landing.requests(TWO, "late.log", [f"{ONE}T23:00Z u1 192.0.2.2 /late", *late])
    landing.requests(THREE, "a.log", requests(THREE))
    landing.users(THREE, "u.json", users(THREE))
    for day in (ONE, TWO, THREE):
        landing.complete(day)
