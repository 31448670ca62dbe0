"""Which landed files hold a user: as a name or as a word, in lines and in what corrections put in their place."""

import json
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from spark_jobs.erase.landed import Landed, landed_with
from spark_jobs.erase.name import Name
from spark_jobs.erased_users.key import Key
from spark_jobs.erased_users.listed import as_erased
from tests.landing import Landing, fix

DAY = date(2026, 11, 1)
NAME, KEY = "ü1", Key(b"k" * 32)


def test_every_file_that_holds_the_user_is_told_with_its_lines(spark: SparkSession, tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.requests(DAY, "a.log", [f"{DAY}T10:00Z {NAME} ::1 /", f"{DAY}T10:00Z u2 ::1 /{NAME}", f"no line of {NAME}", "of nobody"])
    landing.requests(DAY, "b.log", [f"{DAY}T10:00Z {NAME}1 ::1 /"])
    landing.requests(DAY, "*.log", [f"{DAY}T10:00Z {NAME} ::1 /"])
    landing.users(DAY, "escaped.json", [b'{"user_id":"\\u00fc\\u0031"}', b'{"user_id":"u2"}'], gz=True)
    landing.profiles(DAY, "p.csv", [f'"{NAME}",a', "u2,b"])
    fixes = [fix("1", f"{DAY}T10:00Z {NAME} ::1 /"), fix("2", f"bad, of {NAME}"), fix("3", f"{DAY}T10:00Z u2 ::1 /"), fix(NAME, None)]
    landing.corrections(DAY, "requests", "a.jsonl", [*fixes, f"no correction, but {NAME}"])
    landing.corrections(DAY, "users", "a.jsonl", [fix("1", '{"user_id":"\\u00fc1"}'), fix("2", '{"user_id":"u2"}')])
    landing.corrections(DAY, "users", "b.jsonl", [fix("3", '{"user_id":"u2"}')])
    others = {
        "blocklist.txt": f"{NAME}\n",
        f"requests/dt={DAY}/late.log.part": f"cut off, {NAME}",
        f"requests/dt={DAY}/.hidden.log": NAME,
        f"requests/dt={DAY}/_hidden.log": NAME,
        f"users/dt={DAY}/deeper/u.json": json.dumps({"user_id": NAME}),
        f"users/dt={DAY}/of-another.csv": f"{NAME}1",
    }
    for file, text in others.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    user = as_erased(spark, KEY, Name(NAME).listed_with(KEY))
    assert landed_with(spark, tmp_path.as_uri(), 1000, user, Name(NAME)) == Landed(
        {
            f"_corrections/requests/dt={DAY}/a.jsonl": 3,
            f"_corrections/users/dt={DAY}/a.jsonl": 1,
            f"profiles/dt={DAY}/p.csv": 1,
            f"requests/dt={DAY}/a.log": 3,
            f"users/dt={DAY}/escaped.json.gz": 1,
        },
        sorted([f"requests/dt={DAY}/*.log", *(file for file in others if file != f"users/dt={DAY}/of-another.csv")]),
    )
