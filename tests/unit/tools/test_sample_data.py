"""Generated landing data, judged by the oracle."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.oracle import oracle
from tests.oracle.reasons import Reason
from tools.sample_data.__main__ import main, own_place

DAY = date(2026, 11, 1)


def generate(landing: Path, *more: str) -> int:
    return main(["--landing", str(landing), "--day", str(DAY), *more])


def digests(landing: Path) -> dict[str, str]:
    return {
        path.relative_to(landing).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(landing.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "landing"
    assert generate(folder, "--days", "2") == 0
    return folder


@pytest.fixture(scope="module")
def day(landing: Path) -> oracle.OracleDay:
    return oracle.compute(landing, DAY)


def test_the_same_seed_and_day_give_the_same_bytes(landing: Path, tmp_path: Path) -> None:
    assert generate(tmp_path / "again", "--days", "2") == 0
    assert digests(tmp_path / "again") == digests(landing)


def test_a_day_does_not_depend_on_the_days_generated_with_it(landing: Path, tmp_path: Path) -> None:
    assert generate(tmp_path / "one") == 0
    assert digests(tmp_path / "one").items() <= digests(landing).items()


def test_another_seed_gives_other_requests(landing: Path, tmp_path: Path) -> None:
    assert generate(tmp_path / "other", "--seed", "2") == 0
    name = f"requests/dt={DAY}/access-1.log"
    assert digests(tmp_path / "other")[name] != digests(landing)[name]


def test_every_reason_is_there_and_bad_lines_are_few(day: oracle.OracleDay) -> None:
    assert {reason for counts in day.counts.values() for reason in counts.by_reason} == set(Reason)
    assert all(0 < counts.quarantined < 0.05 * counts.lines for counts in day.counts.values())


@pytest.mark.parametrize("line_format", ["mixed", "combined", "four"])
def test_the_smallest_day(tmp_path: Path, line_format: str) -> None:
    assert generate(tmp_path, "--requests", "1000", "--users", "200", "--format", line_format) == 0
    counts = oracle.compute(tmp_path, DAY).counts
    assert counts["requests"].lines == 1000
    assert {reason for count in counts.values() for reason in count.by_reason} == set(Reason)
    assert all(count.quarantined < 0.05 * count.lines for count in counts.values())


def test_late_lines_of_both_days_before(day: oracle.OracleDay) -> None:
    assert set(day.counts["requests"].late_by_day) == {date(2026, 10, 30), date(2026, 10, 31)}
    assert day.arrived_late > 0  # the second day brought them


def test_users_of_every_kind(day: oracle.OracleDay) -> None:
    assert any(user.gender is None for user in day.users)
    assert any(user.age is None for user in day.users)
    assert any(user.age is not None and user.age < 21 for user in day.users)
    assert any(user.name == "=1+1" for user in day.users)
    active = {row[1] for row in day.marts["user_daily"]}
    assert {user.user_id for user in day.users} - active  # silent ones
    assert day.unmatched_users  # and unknown ones
    assert day.counts["users"].duplicates == 1
    assert {len(profile.info) for profile in day.profiles} == set(range(7))


def test_requests_of_every_kind(day: oracle.OracleDay) -> None:
    rows = day.requests.to_pylist()
    agents = {row["user_agent"] for row in rows}
    assert any(agent is not None and r"\"" in agent for agent in agents)
    assert "<script>alert(1)</script>" in agents
    assert any(":" in row["ip"] for row in rows)
    assert any(row["user_id"] is None for row in rows)
    four_fields = sum(row["method"] is None and row["status"] is None for row in rows)
    assert 0.3 * len(rows) < four_fields < 0.5 * len(rows)
    assert day.blocked_rows > 0


def test_clusters_of_several_sizes_and_a_hub(day: oracle.OracleDay) -> None:
    assert len({row[4] for row in day.marts["identities"]}) > 3
    assert len(day.hub_ips) == 1


def test_markers_and_names(landing: Path) -> None:
    for dataset in ("requests", "users", "profiles"):
        assert (landing / dataset / f"dt={DAY}" / "_SUCCESS").is_file()
    assert sorted(path.name for path in (landing / "requests" / f"dt={DAY}").iterdir()) == [
        "_SUCCESS",
        "access-1.log",
        "access-2.log.gz",
        "access-3.log",
    ]


def test_a_blocklist_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "blocklist.txt").write_text("mine\n")
    assert generate(tmp_path, "--requests", "1000") == 0
    assert (tmp_path / "blocklist.txt").read_text() == "mine\n"


def test_a_day_that_has_landed_is_not_overwritten(landing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = digests(landing)
    # The first day is free; the last of the two is not, so neither is written.
    assert main(["--landing", str(landing), "--day", "2026-10-31", "--days", "2"]) == 73
    assert "dt=2026-11-01 has landed" in capsys.readouterr().err
    assert digests(landing) == before


def test_what_a_killed_call_left_aside_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".sample_data.part/users/dt=2026-11-01").mkdir(parents=True)
    assert generate(tmp_path) == 0
    assert not (tmp_path / ".sample_data.part").exists()


def test_a_half_written_day_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "users" / f"dt={DAY}").mkdir(parents=True)
    assert generate(tmp_path) == 73
    assert "without its _SUCCESS" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        ["--requests", "999"],
        ["--users", "199"],
        ["--days", "0"],
        ["--seed", "-1"],
        ["--format", "json"],
        ["--day", "20261101"],
        ["--day", "2026-02-30"],
        ["--day", "1970-01-01"],
    ],
    ids=" ".join,
)
def test_wrong_usage(tmp_path: Path, more: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        generate(tmp_path, *more)
    assert exit_.value.code == 64
    assert not list(tmp_path.iterdir())


def test_the_summary_names_files_and_the_next_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path, "--requests", "1000") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({len(line) for line in lines if line.endswith(" bytes")}) == 1  # aligned
    assert lines[-1] == f"next: make run DAY=2026-11-01 MILLRACE_LANDING_URI={tmp_path.as_uri()}"
    for folder, named in ((tmp_path / "landing", f" MILLRACE_HOME={tmp_path}"), (PROJECT / "var/landing", "")):
        assert own_place(folder) == named
