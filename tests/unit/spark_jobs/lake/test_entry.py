"""Exit codes and usage of every job."""

import argparse
import subprocess
import sys

import pytest

from include.settings import PROJECT
from spark_jobs.lake.entry import comma_separated, iso_day, natural, run_job, share
from spark_jobs.lake.errors import DataFailed, InputMissing, TryAgain
from tools.jobs import job_names


@pytest.mark.parametrize(("error", "code"), [(DataFailed, 65), (InputMissing, 66), (TryAgain, 75)])
def test_a_known_failure_exits_with_its_code_and_its_words(error: type[Exception], code: int, capsys: pytest.CaptureFixture[str]):
    def main(argv: object) -> None:
        raise error("requests/dt=2026-11-01/a.log.gz is cut off")

    with pytest.raises(SystemExit) as exit_:
        run_job(main)
    assert exit_.value.code == code
    assert "a.log.gz is cut off" in capsys.readouterr().err


def test_a_bug_keeps_its_traceback():
    def main(argv: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_job(main)


@pytest.mark.parametrize("words", [[], ["--nothing", "x"]], ids=["without", "wrong"])
@pytest.mark.parametrize("job", job_names())
def test_a_job_without_or_with_wrong_arguments_prints_its_usage_and_exits_64(job: str, words: list[str]):
    if job == "releases" and not words:
        words = ["--release", "x"]  # without any it lists the releases of all days
    done = subprocess.run([sys.executable, "-m", f"spark_jobs.{job}.job", *words], capture_output=True, text=True, cwd=PROJECT)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("text", ["2026-1-1", "20261101", "2026-11-31", "yesterday", "", "2026-11-01T00:00", "２０２６-11-01"])
def test_only_a_day_is_a_day(text: str):
    with pytest.raises((ValueError, argparse.ArgumentTypeError)):
        iso_day(text)


def test_bounds_of_numbers():
    assert (natural("0"), share("0.05")) == (0, 0.05)
    for parse, text in ((natural, "-1"), (natural, "x"), (share, "1.1"), (share, "-0.1")):
        with pytest.raises(Exception):  # noqa: B017  argparse takes several kinds
            parse(text)


def test_a_list_of_names_has_no_empty_one():
    assert comma_separated("a,b") == ["a", "b"]
    for text in ("", ",", "a,,b", "a,"):
        with pytest.raises(argparse.ArgumentTypeError):
            comma_separated(text)
