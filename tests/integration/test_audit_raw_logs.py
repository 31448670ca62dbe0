"""The audit of a published day: silent on an honest day, red on a changed one; its findings are the oracle's."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_jobs.audit_raw_logs import job
from spark_jobs.audit_raw_logs.raw_lines import LINE_END
from spark_jobs.lake.errors import DataFailed, InputMissing, WrongUsage
from tests.integration.chain import Chain, arguments
from tests.landing import Landing
from tests.oracle import oracle
from tests.oracle.file_types import file_type
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import PROFILES, REQUESTS

DAY = date(2015, 5, 17)
LITERALS = ("/p3.", "10.0.1.2", "robot")
GOOD = [
    f"{DAY}T{n % 24:02}:{n % 60:02}:00Z u{n % 97} 10.0.{n % 5}.{n % 40} /p{n % 7}.{('html', 'jpg', 'css', 'gif')[n % 4]}"
    for n in range(900)
]
# The one character that begins a terminal's command; among the top users.
COLOURED = [f"{DAY}T01:00:00Z \u009b31mroot 10.0.4.1 /p1.html"] * 40


@pytest.fixture(scope="module")
def chain(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A hostile day, published by stage ingest."""
    chain = Chain(spark, tmp_path_factory.mktemp("audited"))
    landed: Landing = chain.landing
    landed.requests(
        DAY, "a b+c%20é,x.log", b"\xef\xbb\xbf" + b"\n".join([*REQUESTS, b"\xef\xbf\xbd\xff", *map(str.encode, GOOD + COLOURED)])
    )
    landed.requests(DAY, "empty.log", b"")
    landed.requests(DAY, "once.log", GOOD[:10], gz=True)
    landed.requests(DAY, "twice.log", GOOD[:10], gz=True)
    landed.requests(DAY - timedelta(days=1), "before.log", GOOD[10:15])
    landed.requests(DAY, "from the day before.log", GOOD[10:15])
    landed.requests(DAY + timedelta(days=1), "after.log", ["2015-05-17T23:00 u1 10.0.0.1 /late.html"])
    landed.users(DAY, "u.json", [{"user_id": "u1"}])
    landed.profiles(DAY, "p.csv", [*PROFILES, *(f"u{n},x{n}" for n in range(20, 60))])
    landed.blocklist(LITERALS)
    for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
        landed.complete(day)
    chain.publish(chain.stage("ingest", DAY))
    yield chain
    spark.sparkContext._jsc.hadoopConfiguration().unset(LINE_END)  # type: ignore[attr-defined]


def audit(chain: Chain, findings: Path, day: date = DAY) -> list[dict[str, Any]]:
    """Run the audit's job; what it has written."""
    limits = {
        "late_days": 2,
        "max_line_bytes": 1024 * 1024,
        "max_file_bytes": 2**30,
        "max_users_per_ip": 5,
        "top": 7,
        "max_hops": 2,
        "checkpoint_every": 1,
    }
    places = {"landing_uri": chain.settings.landing, "work_uri": chain.settings.work, "findings_uri": f"file://{findings}"}
    places |= {"erasure_key_file": str(chain.settings.erasure_key)}
    job.main(arguments({"day": day, "partitions": 2}, places, limits))
    return read_findings(findings)


def read_findings(folder: Path) -> list[dict[str, Any]]:
    assert (folder / "_SUCCESS").is_file()
    return [json.loads(line) for part in sorted(folder.glob("part-*")) for line in part.read_text().splitlines()]


def test_an_honest_day_passes_and_its_findings_are_the_oracles(chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = audit(chain, tmp_path / "findings")
    of = {kind: [line for line in found if line["finding"] == kind] for kind in {line["finding"] for line in found}}
    assert "difference" not in of
    wanted = oracle.compute(chain.landing.root, DAY)
    rows = [row for row in wanted.requests.to_pylist() if row["landing_day"] == DAY]
    per_user = Counter(row["user_id"] for row in rows if row["user_id"] is not None)
    top = sorted(per_user.items(), key=lambda count: (-count[1], count[0].encode()))[:7]
    assert [(line["user_id"], line["requests"]) for line in of["top_user"]] == top
    profiles = {profile.user_id: list(profile.info) for profile in wanted.profiles}
    assert {line["user_id"]: line["info"] for line in of["top_user"]} == {user: profiles.get(user) for user, _ in top}
    assert of["users"] == [{"finding": "users", "named": len(per_user), "with_profile": len(set(per_user) & set(profiles))}]
    per_ip = Counter(row["ip"] for row in rows)
    assert [(line["ip"], line["requests"]) for line in of["top_ip"]] == sorted(per_ip.items(), key=lambda c: (-c[1], c[0].encode()))[:7]
    assert sum(line["requests"] for line in of["address_class"]) == len(rows)
    assert sum(line["addresses"] for line in of["address_class"]) == len(per_ip)
    users_of: dict[str, set[str]] = {}
    for row in rows:
        if row["user_id"] is not None:
            users_of.setdefault(row["ip"], set()).add(row["user_id"])
    assert {line["ip"] for line in of.get("hub", [])} == {ip for ip, users in users_of.items() if len(users) > 5}
    assert {line["hops"] for line in of["near_blocked"]} <= {0, 1, 2}
    (counters,) = of["counters"]
    counts = wanted.counts["requests"]
    assert counters.pop("finding") == "counters"
    assert counters["malformed"] == counts.quarantined > 50
    assert sum(counters.values()) == counts.lines - counts.duplicates
    blocked = [
        row for row in rows if any(text in str(row[name]) for text in LITERALS for name in ("user_id", "ip", "action", "user_agent"))
    ]
    assert counters["blocked"] == len(blocked) > 0
    # Late lines count too, but none of them asks for one of these.
    types = Counter(file_type(row["action"]) for row in rows if row not in blocked)
    assert {name: counters[name] for name in ("jpg", "html", "css")} == {name: types[name] for name in ("jpg", "html", "css")}
    assert list((chain.settings.home / "work/checkpoints").iterdir()) == []
    told = capsys.readouterr().out
    assert r"\x9b31mroot" in told and "\x9b" not in told


def test_changed_files_are_told_with_both_counts_and_fail_the_audit(chain: Chain, tmp_path: Path) -> None:
    folder = chain.landing.folder("requests", DAY)
    file, gone = folder / "once.log.gz", folder / "empty.log"
    original = file.read_bytes()
    try:
        chain.landing.requests(DAY, "once.log", [*GOOD[:8], "no request"], gz=True)  # of ten lines one is gone and one spoilt
        chain.landing.requests(DAY, "new.log", GOOD[20:22])
        gone.unlink()
        with pytest.raises(DataFailed) as failure:
            audit(chain, tmp_path / "findings")
    finally:
        file.write_bytes(original)
        (folder / "new.log").unlink()
        gone.touch()
    assert failure.value.exit_code == 65
    own = f"requests/dt={DAY}"
    none = "lines=0 accepted=0 late=0 quarantined=0 duplicates=0 dropped=0 corrected=0 erased=0"
    ten = "lines=10 accepted=10 late=0 quarantined=0 duplicates=0 dropped=0 corrected=0 erased=0"
    assert str(failure.value).splitlines()[1:-1] == [
        f"  {own}/empty.log: landed not any more; ledger {none}",
        f"  {own}/new.log: landed lines=2 accepted=2 late=0 quarantined=0 duplicates=0 dropped=0 corrected=0 erased=0; ledger without it",
        f"  {own}/once.log.gz: landed lines=9 accepted=8 late=0 quarantined=1 duplicates=0 dropped=0 corrected=0 erased=0; ledger {ten}",
        # Its twin has changed, so it repeats nothing any more.
        f"  {own}/twice.log.gz: landed {ten}; ledger lines=10 accepted=0 late=0 quarantined=0 duplicates=10 dropped=0 corrected=0 erased=0",
    ]
    written = read_findings(tmp_path / "findings")
    assert [line["source_file"].rpartition("/")[2] for line in written if line["finding"] == "difference"] == [
        "empty.log", "new.log", "once.log.gz", "twice.log.gz",
    ]  # fmt: skip


def test_a_day_that_was_not_published_is_a_missing_input(chain: Chain, tmp_path: Path) -> None:
    day = DAY + timedelta(days=40)  # of no other test of the session's lake
    chain.landing.requests(day, "a.log", GOOD[:1])
    chain.landing.complete(day)
    with pytest.raises(InputMissing, match=rf"ops\.ledger has no file of {day}: .* run web_activity_daily for it first"):
        audit(chain, tmp_path / "findings", day)
    assert not (tmp_path / "findings").exists()


def test_an_existing_folder_of_findings_is_refused_before_any_work(chain: Chain, tmp_path: Path) -> None:
    kept = tmp_path / "findings/part-00000"
    kept.parent.mkdir()
    kept.write_text("kept")
    with pytest.raises(WrongUsage, match="is never overwritten") as refused:
        audit(chain, tmp_path / "findings")
    assert refused.value.exit_code == 64
    assert [path.read_text() for path in kept.parent.iterdir()] == ["kept"]
