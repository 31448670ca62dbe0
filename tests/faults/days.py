"""The small day of the fault tests."""

from datetime import date

from tests.landing import Landing, fix


def land(landing: Landing, day: date, users: int = 5) -> None:
    landing.requests(day, "a.log", [*[f"{day}T10:00:{n:02}Z u{n % users} 192.0.2.{n % 3} /a.html" for n in range(40)], "no request"])
    landing.requests(day, "b.log", [f"{day}T11:00:00Z u1 192.0.2.7 /b.png", "mend me", "drop me"])
    landing.corrections(day, "requests", "c.jsonl", [fix("mend me", f"{day}T11:00:01Z u1 192.0.2.7 /c.png"), fix("drop me", None)])
    landing.users(day, "u.json", [{"user_id": f"u{n}", "age": 17 + n, "gender": "f"} for n in range(users)])
    landing.profiles(day, "p.csv", ["u1,a,b"])
    landing.complete(day)
