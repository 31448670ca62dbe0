"""`make stream`, whole: every line of the day is counted, also of what was read when Ctrl-C came."""

import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.faults.reader import Reader
from tests.integration.cluster import clean_environment
from tests.landing import Landing
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = [pytest.mark.chain, pytest.mark.slow]
DAY = date(2015, 5, 17)


def start(home: Path, speed: str) -> subprocess.Popen[bytes]:
    env = clean_environment(MILLRACE_HOME=str(home), DAY=str(DAY), SPEED=speed, MILLRACE_DRIVER_MEMORY="1g")
    with (home / "output").open("wb") as output:
        command = [sys.executable, "-m", "tools.stream"]
        return subprocess.Popen(command, cwd=PROJECT, env=env, stdout=output, stderr=subprocess.STDOUT)


def land(home: Path) -> list[str]:
    lines = [f"{DAY}T10:{n // 60:02}:{n % 60:02}Z u{n % 7} 10.0.0.1 /p" for n in range(1200)]
    landing = Landing(home / "landing")
    landing.requests(DAY, "a.log", lines[::2])
    landing.requests(DAY, "b.log", [*lines[1::2], "bad"], gz=True)
    landing.complete(DAY)
    return lines


def counted(home: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in Reader(home / "replay").rows("live.user_totals"):
        found[row["user_id"]] += row["requests"]
    return found


def test_every_line_of_the_day_is_counted(tmp_path: Path) -> None:
    lines = land(tmp_path)
    assert start(tmp_path, "60").wait(HANG_SECONDS) == 0, (tmp_path / "output").read_text()
    told = (tmp_path / "output").read_text()
    assert "1,201 of 1,201 lines sent were read" in told and "top users of the batch of " in told and "the source has ended" in told
    assert counted(tmp_path) == Counter(line.split()[1] for line in lines)
    assert not (tmp_path / "catalog.db").exists()  # the home's own lake knows nothing of it


def test_ctrl_c_lets_it_count_what_it_has_read(tmp_path: Path) -> None:
    land(tmp_path)
    run = start(tmp_path, "5")
    wait_for(lambda: "totals  batch" in (tmp_path / "output").read_text(), tmp_path / "output", of=run)
    run.send_signal(signal.SIGINT)
    assert run.wait(HANG_SECONDS) == 130, (tmp_path / "output").read_text()
    requests = Counter(row["user_id"] for row in Reader(tmp_path / "replay").rows("live.requests"))
    told = (tmp_path / "output").read_text()
    found = re.search(r"^(\d+) of ([\d,]+) lines sent were read$", told, re.MULTILINE)
    assert found and 0 < int(found[1]) <= int(found[2].replace(",", "")) < 1201 and "asked to stop: finishing what was read" in told
    assert 0 < requests.total() < 1200 and counted(tmp_path) == requests
