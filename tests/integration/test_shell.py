"""`make shell` and `make submit`, at a terminal."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from include.settings import PROJECT
from tests.integration.cluster import clean_environment
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.chain


def typed(command: list[str], env: dict[str, str], text: str) -> tuple[int, str]:
    """Run a command at a terminal of its own and type the text at its first prompt; its exit code and what was shown."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=PROJECT, env=env, start_new_session=True)
    os.close(theirs)
    shown, is_typed, deadline = b"", False, time.monotonic() + HANG_SECONDS
    try:
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other side is closed: the shell has ended
                break
            if not is_typed and b">>> " in shown:
                os.write(ours, text.encode())
                is_typed = True
        return process.wait(HANG_SECONDS), shown.decode().replace("\r\n", "\n")
    finally:
        process.kill()
        os.close(ours)


def test_the_shell_says_what_is_there_and_it_is(tmp_path: Path) -> None:
    lines = [
        'spark.sql("CREATE NAMESPACE probe"); spark.sql("CREATE TABLE probe.numbers AS SELECT id FROM range(7)")',
        'print("rows:", spark.table("lake.probe.numbers").count(), "zone:", spark.conf.get("spark.sql.session.timeZone"))',
        'print("sum:", sc.parallelize(range(5)).sum(), "level:", sc._jvm.org.apache.logging.log4j.LogManager.getRootLogger().getLevel())',
        "exit()\n",
    ]
    env = clean_environment(MILLRACE_HOME=str(tmp_path), MILLRACE_MASTER="local[2]", MILLRACE_LOG_LEVEL="error")
    code, shown = typed([sys.executable, "-m", "tools.shell"], env, "\n".join(lines))
    assert code == 0, shown
    assert "application millrace-shell (local-" in shown and "master local[2]   Spark 4.1.3" in shown
    assert "rows: 7 zone: UTC" in shown and "sum: 10 level: ERROR" in shown


def test_commands_from_a_pipe_find_the_session_too(tmp_path: Path) -> None:
    env = clean_environment(MILLRACE_HOME=str(tmp_path), MILLRACE_MASTER="local[1]", MILLRACE_LOG_LEVEL="error")
    command, text = [sys.executable, "-m", "tools.shell"], 'print("sum:", spark.range(5).groupBy().sum().first()[0])\n'
    done = subprocess.run(command, cwd=PROJECT, env=env, input=text, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert "sum: 10" in done.stdout, done.stderr


def submit(home: Path, **values: str) -> subprocess.CompletedProcess[str]:
    env = clean_environment(MILLRACE_HOME=str(home), MILLRACE_MASTER="local[1]", **values)
    command = [sys.executable, "-m", "tools.submit_job"]
    # spark-submit itself joins the streams of the Python that it starts.
    return subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=HANG_SECONDS)


def test_a_job_alone_ends_with_its_own_code(tmp_path: Path) -> None:
    usage = submit(tmp_path, JOB="enrich")
    assert usage.returncode == 64 and "the following arguments are required: --day" in usage.stdout
    # `ARGS` is split as a shell would, and nothing in it is run.
    words = f"--day 2026-11-01 --run-id 'a run; touch {tmp_path}/x' --branch b --work-uri file://{tmp_path}/work --landing-uri file://{tmp_path}"
    missing = submit(tmp_path, JOB="enrich", ARGS=words)
    assert missing.returncode == 66 and "InputMissing: " in missing.stdout
    assert not (tmp_path / "x").exists()


def test_a_socket_on_one_core_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    words = "--source socket --mode continuous --socket 127.0.0.1:9 --socket-lines text"
    done = submit(tmp_path, JOB="stream_requests", ARGS=words)
    assert done.returncode == 64, done.stdout
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("WrongUsage: ")]
    assert "the master gives it one core" in told and "Give it local[2] or more" in told


def test_an_unknown_job_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    done = submit(tmp_path, JOB="nothing")
    assert done.returncode == 64 and done.stdout.startswith("JOB: 'nothing' is none of aggregate, ")
