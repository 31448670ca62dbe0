"""What `make releases`, `make release-diff` and `make rollback` take from the environment; nothing is submitted here."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from include.settings import Settings
from tools import release_diff, releases, rollback

FIRST, SECOND = "2026-11-01-20261102T010203Z-1f2e3d", "2026-11-01-20261103T010203Z-4a5b6c"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("DAY", "FROM", "TO", "RELEASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    return monkeypatch


def set_all(environment: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        environment.setenv(name, value)


def test_the_words_of_the_jobs() -> None:
    assert releases.job_words({}) == releases.job_words({"DAY": ""}) == []
    assert releases.job_words({"DAY": "2026-11-01"}) == ["--day", "2026-11-01"]
    words = ["--day", "2026-11-01", "--from", FIRST, "--to", SECOND]
    assert release_diff.job_words({"DAY": "2026-11-01", "FROM": FIRST, "TO": SECOND}) == words


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "DAY is missing: make rollback DAY=2026-11-01 RELEASE=<release>; `make releases` lists the releases"),
        ({"DAY": "2026-11-01"}, "RELEASE is missing: make rollback"),
        ({"DAY": "2026-11-31", "RELEASE": FIRST}, "DAY: '2026-11-31' is no day of the calendar in the form YYYY-MM-DD"),
        ({"DAY": "2026-11-01", "RELEASE": "newest"}, "RELEASE: 'newest' is not the name of a release, such as 2026-11-01-"),
        ({"DAY": "2026-11-02", "RELEASE": FIRST}, f"RELEASE: {FIRST} is a release of 2026-11-01 and not of 2026-11-02"),
    ],
)
def test_a_rollback_without_both_names_what_is_missing_or_wrong(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: dict[str, str], message: str
) -> None:
    set_all(environment, values)
    with pytest.raises(SystemExit) as exited:
        rollback.main()
    assert exited.value.code == 64
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "message"), [({"FROM": FIRST}, "TO is missing: make release-diff"), ({"FROM": "x", "TO": FIRST}, "FROM: 'x' is")]
)
def test_a_diff_names_what_is_missing_or_wrong(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: dict[str, str], message: str
) -> None:
    set_all(environment, {"DAY": "2026-11-01", **values})
    with pytest.raises(SystemExit) as exited:
        release_diff.main()
    assert exited.value.code == 64
    assert message in capsys.readouterr().err


def test_a_rollback_runs_its_dag_with_both_params_and_ends_as_it_does(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[tuple[str, Mapping[str, str]]] = []

    def run_dag(settings: Settings, dag_id: str, params: Mapping[str, str]) -> int:
        started.append((dag_id, params))
        return 1

    looked_up: list[tuple[str, Sequence[str]]] = []
    codes = iter([0, 66])

    def run_job(name: str, words: Sequence[str]) -> int:
        looked_up.append((name, words))
        return next(codes)

    environment.setattr(rollback, "run_dag", run_dag)
    environment.setattr(rollback, "run_job", run_job)
    set_all(environment, {"DAY": "2026-11-01", "RELEASE": FIRST})
    assert rollback.main() == 1
    assert started == [("web_activity_rollback", {"day": "2026-11-01", "release": FIRST})]
    assert rollback.main() == 66 and len(started) == 1  # no such release: nothing is started
    assert looked_up == [("releases", ["--day", "2026-11-01", "--release", FIRST])] * 2


@pytest.mark.parametrize("code", [0, 66])
def test_after_the_list_stands_what_to_type_next(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, code: int
) -> None:
    submitted: list[tuple[str, Sequence[str]]] = []

    def run_job(name: str, words: Sequence[str]) -> int:
        submitted.append((name, words))
        return code

    environment.setattr(releases, "run_job", run_job)
    assert releases.main() == code
    assert submitted == [("releases", [])]
    assert (f"make rollback DAY=… RELEASE=… MILLRACE_HOME={tmp_path}" in capsys.readouterr().out) is (code == 0)


def test_in_containers_no_make_is_named(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("MILLRACE_IN_CONTAINERS", "true")
    environment.setattr(releases, "run_job", lambda name, words: 0)
    assert releases.main() == 0
    assert "make" not in capsys.readouterr().out


def test_a_wrong_day_of_the_list(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("DAY", "yesterday")
    with pytest.raises(SystemExit) as exited:
        releases.main()
    assert exited.value.code == 64
    assert "DAY: 'yesterday' is no day" in capsys.readouterr().err
