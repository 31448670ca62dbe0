"""What `make erase` takes, refuses and tells; nothing is submitted here."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT, Settings
from tools import erase
from tools.airflow_ui import lock_home
from tools.run_records import hold

NAME = "erika.gone-47@x"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.delenv(erase.NAME, raising=False)
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    return Settings(home=tmp_path)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Stands for the submits and the runs of days; what was called, in order."""

    def make(days: list[str], begin: int = 0, run: int = 0) -> list[str]:
        called: list[str] = []

        def step(which: str, settings: Settings, name: str, run_id: str, live: str) -> tuple[int, dict[str, Any]]:
            assert live == (os.environ.get("LIVE") or "keep") and name == NAME and NAME not in run_id and erase.NAME not in os.environ
            called.append(which)
            told = {"days": days} if which == "begin" else {"receipt": "file:///r.json", "document": document()}
            return begin, told

        def run_dag(settings: Settings, dag_id: str, params: dict[str, str]) -> int:
            called.append(params["day"])
            return run

        monkeypatch.setattr(erase, "step", step)
        monkeypatch.setattr(erase, "run_dag", run_dag)
        monkeypatch.setenv(erase.NAME, NAME)
        return called

    return make


def document(**changed: Any) -> dict[str, Any]:
    return {
        "was_there": True,
        "rows_removed": {"raw.users": 2},
        "removed": {"snapshots": 7, "log lines": 0},
        "search": {"found": {}, "mentions": {"/raw/requests.action": 3}},
        "landing": {
            "lines": {"users/dt=2026-11-01/u.json": 1, "requests/dt=2026-11-01/a.log": 2},
            "others": ["blocklist.txt", "users/dt=2026-11-01/*.json"],
        },
        **changed,
    }


def run_make(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a recipe of the Makefile sees of the name."""
    probe = tmp_path / "probe.mk"
    probe.write_text('probe:\n\t@echo "[$${ERASE_USER-unset}] [$${USER-unset}]"\n')
    command = ["make", "--no-print-directory", "-f", "Makefile", "-f", str(probe), "probe", *words]
    return subprocess.run(command, cwd=PROJECT, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("name", ["u17", "bob smith", "$(shell touch never) `touch never` $HOME", "a'b\"c"])
def test_the_name_of_makes_command_line_reaches_the_tool_as_it_stands(tmp_path: Path, name: str) -> None:
    assert run_make(tmp_path, f"USER={name}", USER="me").stdout == f"[{name}] [unset]\n"
    assert not (PROJECT / "never").exists()


def test_the_user_of_the_shell_is_never_erased(tmp_path: Path) -> None:
    assert run_make(tmp_path, USER="me").stdout == "[unset] [me]\n"
    assert run_make(tmp_path, USER="me", ERASE_USER="me").stdout == "[unset] [me]\n"
    assert run_make(tmp_path, "-e", USER="me").stdout == "[unset] [me]\n"


def test_without_a_name_nothing_begins(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        erase.main()
    assert exited.value.code == 64
    assert "USER is missing: make erase USER=<user_id>. It is taken from make's command line alone" in capsys.readouterr().err


def test_the_days_run_between_the_two_halves(home: Settings, steps: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    called = steps(["2026-11-01", "2026-11-02"])
    replay = home.home / "replay/warehouse"
    replay.mkdir(parents=True)
    assert erase.main() == 0
    assert called == ["begin", "2026-11-01", "2026-11-02", "finish"]
    assert not replay.parent.exists()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:2]] == [["table", "rows", "removed"], ["raw.users", "2"]]
    assert lines[2:] == [
        "snapshots: 7",
        "the search of all that is left found nothing of the user",
        "mentioned by others, not changed: /raw/requests.action (3)",
        "landed files that hold the user; their owner has to erase these lines, and runs leave them out meanwhile:",
        "  users/dt=2026-11-01/u.json: 1 line",
        "  requests/dt=2026-11-01/a.log: 2 lines",
        "other files of the landing folder that hold the name, for their owner too:",
        "  blocklist.txt",
        "  users/dt=2026-11-01/*.json",
        "receipt: /r.json",
    ]


def test_a_user_who_was_nowhere_is_told_so() -> None:
    nowhere = document(was_there=False, rows_removed={}, search={"found": {}, "mentions": {}}, landing={"lines": {}, "others": []})
    assert erase.outcome_lines("s3a://b/r.json", nowhere) == [
        "the user was nowhere; should lines of that name land, they are left out",
        "receipt: s3a://b/r.json",
    ]


def test_a_day_that_fails_ends_it_before_anything_is_cleaned(
    home: Settings, steps: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    called = steps(["2026-11-01", "2026-11-02"], run=1)
    assert erase.main() == 1
    assert called == ["begin", "2026-11-01"]
    assert "2026-11-01 did not run to its end, so the user is not erased yet" in capsys.readouterr().out


def test_live_tables_are_kept_unless_it_is_said(
    home: Settings, steps: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called = steps([])
    for live in ("", "keep", "drop"):
        monkeypatch.setenv("LIVE", live)
        assert erase.main() == 0
        monkeypatch.setenv(erase.NAME, NAME)
    monkeypatch.setenv("LIVE", "yes")
    with pytest.raises(SystemExit) as refused:
        erase.main()
    assert refused.value.code == 64 and "LIVE: 'yes' is neither `keep`" in capsys.readouterr().err
    assert called == ["begin", "finish"] * 3


def test_a_refused_beginning_is_the_end(home: Settings, steps: Callable[..., list[str]]) -> None:
    called = steps(["2026-11-01"], begin=66)
    assert (erase.main(), called) == (66, ["begin"])


def test_in_containers_the_days_are_for_airflow_to_run(
    home: Settings, steps: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MILLRACE_IN_CONTAINERS", "true")
    called = steps(["2026-11-01"])
    assert (erase.main(), called) == (75, ["begin"])
    typed = """docker compose exec scheduler airflow dags trigger web_activity_daily --conf '{"day": "2026-11-01"}'"""
    assert f"  {typed}\n" in capsys.readouterr().out
    called = steps([])
    assert (erase.main(), called) == (0, ["begin", "finish"])


def test_nothing_begins_while_airflow_or_a_run_is_at_work(home: Settings, steps: Callable[..., list[str]]) -> None:
    called = steps([])
    with lock_home(home) as lock:  # type: ignore[union-attr]
        assert lock
        with pytest.raises(SystemExit) as exited:
            erase.main()
    assert exited.value.code == 75
    steps([])
    with hold(home), pytest.raises(SystemExit) as exited:
        erase.main()
    assert (exited.value.code, called) == (75, [])


def test_neither_arguments_nor_folders_hold_the_name_or_the_landing(home: Settings, tmp_path: Path) -> None:
    for name in (
        "landing",
        "warehouse",
        "work",
        "reports",
        "logs",
        "secrets",
        "replay",
        "airflow",
        "cluster/worker-1",
        "scratch/applications",
    ):
        (home.home / name).mkdir(parents=True)
    (home.home / "catalog.db").touch()
    logs = erase.log_folders(home)
    assert {Path(uri).name for uri in logs} == {"logs", "events", "worker-1", "applications"}
    assert {Path(uri).name for uri in erase.beside(home, logs)} == {"airflow", "cluster", "scratch", "catalog.db"}
    words = erase.arguments(home, "begin", "erase__x", "keep", tmp_path / "told")
    assert words[:2] == ["--step", "begin"] and all(isinstance(word, str) for word in words)
