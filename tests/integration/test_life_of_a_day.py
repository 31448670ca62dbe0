"""One day by the commands people type, through Airflow and real submits: run, taken back to its release, a user of it erased."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.integration.cluster import clean_environment
from tests.integration.traces import files_with
from tests.landing import Landing

pytestmark = [pytest.mark.chain, pytest.mark.slow]
DAY = date(2026, 11, 1)
USER = "erika.gone-47@x"
Make = Callable[..., tuple[int, str]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The exit code and the output of a command on this home; with event logs, which show every plan."""
    events = tmp_path / "events"
    events.mkdir()

    def run(verb: str, **values: str) -> tuple[int, str]:
        env = clean_environment(MILLRACE_HOME=str(tmp_path), MILLRACE_EVENT_LOG_URI=events.as_uri(), DAY=str(DAY), **values)
        done = subprocess.run(
            [sys.executable, "-m", f"tools.{verb}"], env=env, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.returncode, done.stdout

    return run


def test_a_day_runs_is_taken_back_and_loses_a_user(make: Make, tmp_path: Path) -> None:
    land(Landing(tmp_path / "landing"))
    code, told = make("run")
    assert code == 0, told
    roll_back(make, tmp_path)
    erase(make, tmp_path)


def land(landing: Landing) -> None:
    names = [*(f"u{n}" for n in range(40)), USER]
    landing.requests(DAY, "a.log", [f"{DAY}T10:{n:02}:00Z {name} 192.0.2.{n % 9} /p.html" for n, name in enumerate(names)])
    landing.users(DAY, "u.json", [{"user_id": name} for name in ("u1", USER)])
    landing.complete(DAY)


def roll_back(make: Make, home: Path) -> None:
    """The landing is not needed for it; it is a release of its own with the same rows."""
    report = home / "reports" / f"dt={DAY}"
    files = {path.name: path.read_bytes() for path in report.glob("*.csv")}
    release = json.loads((report / "summary.json").read_text())["release"]
    (home / "landing").rename(home / "elsewhere")
    code, told = make("rollback", RELEASE=release)
    (home / "elsewhere").rename(home / "landing")
    assert code == 0, told
    assert f"web_activity_rollback {DAY} {release}" in told and "passed  restore_identities.gate_identities" in told
    assert {path.name: path.read_bytes() for path in report.glob("*.csv")} == files
    restored = json.loads((report / "summary.json").read_text())["release"]
    assert restored != release

    code, told = make("releases")
    assert code == 0 and told.index(release) < told.index(restored), told
    code, told = make("release_diff", FROM=release, TO=restored)
    assert code == 0 and "mart.identities" in told, told

    code, told = make("rollback", RELEASE=f"{DAY}-20200101T000000Z-ffffff")
    assert code == 66 and "web_activity_rollback" not in told, told
    assert f"it has 2, the newest last: {release}, {restored}" in told, told


def erase(make: Make, home: Path) -> None:
    """A user of the day, then one who is nowhere and meets the key and the list of the first."""
    assert files_with(lake(home), USER)
    outcomes = {
        USER: ["the search of all that is left found nothing of the user", f"web_activity_daily {DAY}"],
        "fritz.never-48@y": ["the user was nowhere"],
    }
    for name, outcome in outcomes.items():
        code, told = make("erase", ERASE_USER=name)
        assert code == 0, told
        assert name not in told and [words for words in outcome if words not in told] == []
        assert files_with(lake(home), name) == []
    key = (home / "secrets/erasure.key").read_text().strip()
    assert [path for path in files_with(lake(home), key) if not path.endswith("/secrets/erasure.key")] == []
    assert len(os.listdir(home / "events")) > 20


def lake(home: Path) -> list[Path]:
    """All that lies in the home but what has landed."""
    return [path for path in home.iterdir() if path.name != "landing"]
