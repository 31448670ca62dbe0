"""Daemons and executors of a cluster that fail while an application is at work."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from include.settings import PROJECT, Machine, Settings
from tests.faults.days import land
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, no_unaudited_row, report_of
from tests.faults.reader import Reader
from tests.integration.cluster import Cluster, kill_daemon, running_cluster
from tests.landing import Landing
from tests.waiting import HANG_SECONDS, wait_for
from tools.spark_command import job_command, submit_environment

Submit = Callable[..., subprocess.Popen[bytes]]
pytestmark = pytest.mark.slow
DAY = date(2026, 11, 1)
GONE_SECONDS = 20
PASS = ": 4950"
FOLDER = Path(__file__).parent
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster"), WORKERS="1") as running:
        yield running


@pytest.fixture
def submit(cluster: Cluster) -> Iterator[Submit]:
    """Submits a script of this folder: its log, its name, its words; by name, settings. None outlives its test: it would keep the cores."""
    with ExitStack() as ended:
        sizes = {"executor_memory": "512m", "driver_memory": "1g"}
        machine = Machine.read()

        def submit(log: Path, script: str, *words: str, **chosen: object) -> subprocess.Popen[bytes]:
            settings = Settings.model_validate({"home": cluster.home, "master": cluster.master} | sizes | chosen)
            command, environment = job_command(settings, machine, FOLDER / script, words), submit_environment(settings, machine)
            with log.open("wb") as output:
                run = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
            ended.callback(run.kill)
            return run

        yield submit


@pytest.mark.fault(fault="executor out of memory", where="a job on a cluster", promised="a failure that names it")
def test_an_executor_without_memory_is_named(submit: Submit, tmp_path: Path) -> None:
    run = submit(tmp_path / "log", "cluster_job.py", "large")
    assert run.wait(HANG_SECONDS) == 75, (tmp_path / "log").read_text()[-3000:]
    told = job_error(tmp_path / "log")
    # The job tells of the last of four tries: the one that had no memory, or one that came to that executor's end.
    assert told.startswith(("TryAgain: Spark ran out of memory", "TryAgain: an executor was ending"))
    assert "raise MILLRACE_EXECUTOR_MEMORY" in told, told


@pytest.mark.fault(fault="master killed and back", where="a job on a cluster", promised="the job ends with the reason; the next one runs")
def test_a_master_that_comes_back_ends_its_applications_and_takes_others(cluster: Cluster, submit: Submit, tmp_path: Path) -> None:
    log, following = tmp_path / "log", tmp_path / "next"
    run = submit(log, "cluster_job.py", "until", str(tmp_path / "never"), master_timeout_seconds=HANG_SECONDS)
    wait_for(lambda: PASS in log.read_text(), log, *daemon_logs(cluster), of=run)
    kill_daemon(cluster, "master")
    start_again(cluster)
    assert cluster.page("/json/")["aliveworkers"] == 1
    assert run.wait(HANG_SECONDS) == 75, log.read_text()[-3000:]
    assert f"{cluster.master} has this application no more" in job_error(log)
    after = submit(following, "cluster_job.py", "until", str(tmp_path / "never"))
    wait_for(lambda: PASS in following.read_text(), following, *daemon_logs(cluster), of=after)


@pytest.mark.fault(fault="one of two masters not there", where="a job on a cluster", promised="the job goes on")
def test_one_master_that_has_the_application_is_enough(cluster: Cluster, submit: Submit, tmp_path: Path) -> None:
    log, place = tmp_path / "log", cluster.master.removeprefix("spark://")
    with_secret = cluster.home / "cluster/spark.conf"
    run = submit(log, "cluster_masters.py", master=f"spark://127.0.0.1:9,{place}", properties_file=with_secret)
    assert run.wait(HANG_SECONDS) == 0, log.read_text()[-3000:]
    assert [line for line in log.read_text().splitlines() if line.isupper()] == ["KNOWN", "ENDED"]


@pytest.mark.fault(fault="executor killed; worker killed and back", where="a job on a cluster", promised="the job goes on")
def test_a_job_goes_on_where_executor_and_worker_are_killed(cluster: Cluster, submit: Submit, tmp_path: Path) -> None:
    log, enough = tmp_path / "log", tmp_path / "enough"
    run = submit(log, "cluster_job.py", "until", str(enough))
    for fault in (lambda _: None, kill_executor, kill_worker):
        fault(cluster)
        passes = log.read_text().count(PASS)
        # One may have been at its end already, with the fault before its line.
        wait_for(lambda least=passes + 2: log.read_text().count(PASS) >= least, log, *daemon_logs(cluster), of=run)  # type: ignore[misc]
    enough.touch()
    assert run.wait(HANG_SECONDS) == 0, log.read_text()[-3000:]


@pytest.mark.fault(fault="executor, worker killed and back", where="a day on a cluster", promised="the day goes on; the oracle's tables")
@pytest.mark.covered  # by the job before it and test_audit_on_a_cluster.py; test_killed_processes.py asks the oracle
def test_a_day_goes_on_where_executor_and_worker_are_killed(cluster: Cluster, submit: Submit, tmp_path: Path) -> None:
    landing, log = cluster.home / "landing", tmp_path / "log"
    land(Landing(landing), DAY)
    run = submit(log, "cluster_day.py", str(cluster.home), str(DAY))
    for gate, fault in (("ingest", kill_executor), ("enrich", kill_worker)):
        wait_for(lambda told=f"gate {gate} of {DAY}": told in log.read_text(), log, of=run)  # type: ignore[misc]
        fault(cluster)
    assert run.wait(HANG_SECONDS) == 0, log.read_text()[-3000:]
    reader = Reader(cluster.home)
    no_unaudited_row(reader, DAY)
    every_line_accounted_for(reader, landing, DAY)
    equal_to_the_oracle(landing, DAY, report_of(cluster.home, DAY))


@pytest.mark.fault(fault="cluster stopped", where="a job on it", promised="the job ends with the reason")
def test_a_cluster_that_is_stopped_ends_its_applications(cluster: Cluster, submit: Submit, tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = submit(log, "cluster_job.py", "until", str(tmp_path / "never"), master_timeout_seconds=GONE_SECONDS)
    wait_for(lambda: PASS in log.read_text(), log, *daemon_logs(cluster), of=run)
    assert cluster.do("stop").returncode == 0
    assert run.wait(HANG_SECONDS) == 75, log.read_text()[-3000:]
    told = job_error(log)
    assert f"{cluster.master} has not answered for {GONE_SECONDS} s" in told and "make cluster-start" in told


def kill_executor(cluster: Cluster) -> None:
    """The master starts another one."""
    executors = [each for each in cluster.processes() if EXECUTOR in each.as_dict(["cmdline"], ad_value=())["cmdline"]]
    assert executors
    for executor in executors:
        executor.kill()


def kill_worker(cluster: Cluster) -> None:
    kill_daemon(cluster, "worker-1")
    start_again(cluster)


def start_again(cluster: Cluster) -> None:
    back = cluster.do("start", WORKERS="1")
    assert back.returncode == 0, back.stdout + back.stderr


def daemon_logs(cluster: Cluster) -> list[Path]:
    return [cluster.home / "cluster" / f"{name}.log" for name in ("master", "worker-1")]


def job_error(log: Path) -> str:
    """The job's own words; Spark, which ends beside it, may log something after them."""
    (told,) = [line for line in log.read_text().splitlines() if line.startswith("TryAgain: ")]
    return told
