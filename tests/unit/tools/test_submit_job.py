"""What `make submit` makes of JOB and ARGS; nothing is submitted here."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from include.settings import Settings
from spark_jobs.stream_requests.job import build_parser
from tools import submit_job


class Submitted(Exception):
    """The command, in the place of a process that would take this one's."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def submit(file: str, command: Sequence[str], environment: object) -> None:
        raise Submitted(list(command))

    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    monkeypatch.setattr(submit_job.os, "execvpe", submit)
    return tmp_path


def submitted(monkeypatch: pytest.MonkeyPatch, job: str, words: str) -> list[str]:
    """The words after the job's file."""
    monkeypatch.setenv("JOB", job)
    monkeypatch.setenv("ARGS", words)
    with pytest.raises(Submitted) as ended:
        submit_job.main()
    command = list(ended.value.args[0])
    return command[next(at for at, word in enumerate(command) if word.endswith("job.py")) + 1 :]


def test_the_stream_takes_from_the_settings_what_args_leave_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = submitted(monkeypatch, "stream_requests", "--source socket --socket 127.0.0.1:9 --mode continuous --top 3")
    args, settings = build_parser().parse_args(words), Settings(home=home)
    assert (args.source, args.mode, args.top, args.late_days) == ("socket", "continuous", 3, settings.late_days)
    assert (args.landing_uri, args.work_uri) == (settings.landing, settings.work)


def test_another_job_takes_its_args_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert submitted(monkeypatch, "late", "--top '4 0'") == ["--top", "4 0"]


@pytest.mark.parametrize(
    ("job", "words", "told"), [("late", "--top '4", 'ARGS: "--top \'4": No closing quotation'), ("x", "", "JOB: 'x' is none of")]
)
def test_what_is_wrong_is_named(
    job: str, words: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOB", job)
    monkeypatch.setenv("ARGS", words)
    with pytest.raises(SystemExit) as ended:
        submit_job.main()
    assert ended.value.code == 64 and told in capsys.readouterr().err
