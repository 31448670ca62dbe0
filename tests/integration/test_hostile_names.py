"""Names of files and users are data: nothing in them reaches a shell, a query, a template, a path, a page or a terminal."""

import subprocess
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from include.settings import PROJECT
from spark_jobs.ingest.schema import LEDGER, USERS
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.reading import published_snapshot, read_day
from tests.integration.chain import Chain
from tests.integration.cluster import clean_environment
from tests.integration.test_chain_against_the_oracle import check
from tests.integration.test_real_submits import RUN
from tests.landing import Landing
from tests.waiting import HANG_SECONDS

DAY = date(2061, 1, 1)
# As a file's name they may hold no slash; all are good names of users.
NAMES = [
    "$(touch hit)",
    "`touch hit`",
    "; touch hit #",
    "'; DROP TABLE raw.users; --",
    '" OR 1=1 --',
    "<script>alert(1)<script>",
    "=cmd('calc')!A1",
    "%2e%2e%2fhit",
    "..",
    "--day=2061-01-02",
    "$HOME",
    "dt=2061-01-02",
    "a & b | c > hit",
    "\u202egol",
]
REFUSED = [
    "access-10:00",
    "{{ 7*7 }}",
    "{% raw %}",
    "a\nb",
    "\x1b[31mred",
    "a\\b",
    "a*b",
    "a?b",
    "[ab]",
    "a\u2028b",
    "a\u2029b",
    "a\x85b",
    "\x9b31mred",
]


def name_in_a_log(name: str) -> str:
    """A user's name in a line of four fields ends at a space."""
    return name.replace(" ", "_")


def test_a_day_of_hostile_names_is_the_oracles_and_nothing_of_them_is_run(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chain = Chain(spark, tmp_path)
    lines = [f"{DAY}T10:{n:02}:00Z {name_in_a_log(name)} 192.0.2.{n} /{name_in_a_log(name)}?q={{{{7*7}}}}" for n, name in enumerate(NAMES)]
    agents = [f'198.51.100.{n} - - [{DAY:%d/%b/%Y}:11:00:00 +0000] "GET /a HTTP/1.1" 200 7 "-" "{{{{7*7}}}}"' for n in range(len(NAMES))]
    files = [f"{name.replace('..', '..x')}.log" for name in NAMES if name[0] != "."]
    for n, file in enumerate(files):
        chain.landing.requests(DAY, file, [lines[n], agents[n]] if n else [*lines, *lines[-1:] * 9, *agents])
    people = [*NAMES, "{{ 7*7 }}", "{% raw %}"]
    chain.landing.users(DAY, "u.json", [{"user_id": name, "name": name, "age": 17, "gender": name} for name in people])
    chain.landing.profiles(DAY, "p.csv", [f'"{name.replace(chr(34), chr(34) * 2)}","{{{{ 7*7 }}}}"' for name in people])
    chain.landing.complete(DAY)
    check(chain, DAY)
    ledger = read_day(spark, LEDGER, DAY, published_snapshot(spark, LEDGER)).where("dataset = 'requests'")
    assert {row.source_file for row in ledger.collect()} == {f"requests/dt={DAY}/{file}" for file in files}
    known = read_day(spark, USERS, DAY, published_snapshot(spark, USERS)).collect()
    assert {row.user_id: row.name for row in known} == {name: name for name in people}
    page = chain.report(DAY)["index.html"].decode()
    assert "<script>alert" not in page and "\u202e" not in page and r"\u202egol" in page
    assert not list(tmp_path.rglob("hit"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_whose_name_is_a_pattern_or_garbles_messages_is_refused(spark: SparkSession, tmp_path: Path, name: str) -> None:
    chain = Chain(spark, tmp_path)
    chain.landing.requests(DAY, f"{name}.log", [f"{DAY}T10:00:00Z u1 192.0.2.1 /a"])
    chain.landing.complete(DAY)
    with pytest.raises(DataFailed) as failed:
        chain.stage("ingest", DAY)
    assert f"  {name + '.log'!r}: one of : * ? [ ] {{ }} \\ or a control character in the name" in str(failed.value)
    assert "\x1b" not in str(failed.value)


@pytest.mark.chain
@pytest.mark.slow
def test_a_name_is_not_run_nor_shown_raw_on_its_way_through_airflow(tmp_path: Path) -> None:
    """Airflow renders templates, calls spark-submit and hands the job's words on to the terminal."""
    landing = Landing(tmp_path / "landing")
    landing.requests(DAY, "\x1b[31m{{ 7*7 }}$(touch hit)`touch hit`;touch hit;.log", [f"{DAY}T10:00:00Z u1 192.0.2.1 /a"])
    landing.complete(DAY)
    env = clean_environment(MILLRACE_HOME=str(tmp_path), DAY=str(DAY), MILLRACE_DRIVER_MEMORY="1g")
    done = subprocess.run(RUN, env=env, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 1, done.stdout
    assert "\\x1b[31m{{ 7*7 }}$(touch hit)`touch hit`;touch hit;.log" in done.stdout and "\x1b" not in done.stdout
    assert not [*tmp_path.rglob("hit"), *PROJECT.glob("hit")]
