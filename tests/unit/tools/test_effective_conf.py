"""Where a property comes from."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.settings import PROJECT
from tools import effective_conf
from tools.effective_conf import command_line, table


def test_the_options_of_a_submit_are_properties() -> None:
    options = ["--master", "local[2]", "--driver-memory", "1g", "--conf", "spark.a=b=c", "--properties-file", "x"]
    assert command_line(options) == {"spark.master": "local[2]", "spark.driver.memory": "1g", "spark.a": "b=c"}


def test_the_strongest_stands_first_and_tells_what_it_overrides() -> None:
    lines = table([("code", {"spark.a": "1"}), ("command line", {"spark.a": "2", "spark.bc": "3"}), ("file", {"spark.a": "4"})])
    assert lines == [
        "spark.a   1   [code]",
        "          overrides 2   [command line]",
        "          overrides 4   [file]",
        "spark.bc  3   [command line]",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "spark.authenticate.secret",
        "spark.sql.catalog.lake.jdbc.password",
        "spark.hadoop.fs.s3a.access.key",
        "spark.hadoop.fs.s3a.secret.key",
    ],
)
def test_a_secret_is_not_shown(name: str) -> None:
    (line,) = table([("file", {name: "hidden-word"})])
    assert "hidden-word" not in line and "(hidden)" in line


@pytest.mark.parametrize("uri", ["jdbc:postgresql://lake:hidden-word@db/lake", "jdbc:postgresql://db/lake?user=lake&password=hidden-word"])
def test_a_secret_within_a_value_is_not_shown(uri: str) -> None:
    assert table([("file", {"spark.sql.catalog.lake.uri": uri})]) == ["spark.sql.catalog.lake.uri  (hidden)   [file]"]


def test_what_a_job_sets_itself_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setenv("JOB", "stream_requests")
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    monkeypatch.setenv("MILLRACE_STREAM_PARTITIONS", "3")
    assert effective_conf.main() == 0
    told = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert told["spark.sql.shuffle.partitions"].endswith(" 3   [code (spark_jobs/stream_requests)]")
    assert "RocksDBStateStoreProvider" in told["spark.sql.streaming.stateStore.providerClass"]


def test_what_a_gate_sets_on_a_small_day_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("JOB", "gate")
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    assert effective_conf.main() == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    place = lines.index("spark.sql.shuffle.partitions 1 [code (spark_jobs/gate), of a day below 1,000,000 rows]")
    assert lines[place + 1].startswith("overrides 32 [command line]")


def test_with_all_the_defaults_of_spark_are_told_too(tmp_path: Path) -> None:
    """In a process of its own: it starts a JVM with the environment of a submit."""
    env = os.environ | {"JOB": "ingest", "MILLRACE_HOME": str(tmp_path), "ALL": "1"}
    done = subprocess.run([sys.executable, "-m", "tools.effective_conf"], cwd=PROJECT, env=env, capture_output=True, text=True, check=True)
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    # As Spark's pages on configuration tell them.
    assert "spark.task.maxFailures 4 [Spark's default]" in lines
    assert "spark.sql.autoBroadcastJoinThreshold 10MB [Spark's default]" in lines
    place = next(number for number, line in enumerate(lines) if line.startswith("spark.sql.shuffle.partitions "))
    assert lines[place : place + 2] == ["spark.sql.shuffle.partitions 32 [command line]", "overrides 200 [Spark's default]"]


def test_an_unknown_job_is_refused_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JOB", "../ingest")
    assert effective_conf.main() == 64
    assert "JOB: '../ingest' is none of aggregate, " in capsys.readouterr().err
