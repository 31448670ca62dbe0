"""The cluster of `make cluster-start`: what runs on it, what is seen of it, and how it ends."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT
from tests.integration.cluster import Cluster, kill_daemon, running_cluster
from tests.waiting import HANG_SECONDS, wait_for
from tools.airflow_ui import port_is_free
from tools.cluster.__main__ import start_ended
from tools.cluster.daemons import recorded
from tools.cluster.errors import ClusterError
from tools.services import is_running

pytestmark = [pytest.mark.chain, pytest.mark.slow]

# The same property from all three places, and some from two of them.
APPLICATION = """
import json, sys, time, urllib.request
from pathlib import Path
from pyspark import SparkConf
from pyspark.sql import SparkSession
conf = SparkConf().set("spark.probe.all", "code").set("spark.probe.code_and_file", "code")
spark = SparkSession.builder.config(conf=conf).appName("probe").getOrCreate()
total = spark.range(1000, numPartitions=4).selectExpr("sum(id)").first()[0]
page = json.load(urllib.request.urlopen(spark.sparkContext.uiWebUrl + "/api/v1/applications"))
told = {"conf": dict(spark.sparkContext.getConf().getAll()), "total": total, "id": spark.sparkContext.applicationId, "page": page}
Path(sys.argv[1]).write_text(json.dumps(told))
spark.stop()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def test_all_daemons_are_up_and_a_second_start_changes_nothing(cluster: Cluster) -> None:
    before = recorded(cluster.home / "cluster")
    again = cluster.do("start")
    assert again.returncode == 0 and "up already" in again.stdout
    assert recorded(cluster.home / "cluster") == before
    status = cluster.do("status")
    assert [line.split()[1] for line in status.stdout.splitlines()[:4]] == ["running"] * 4
    assert f"master {cluster.master}   workers 2   cores 0 of 2 in use   applications: none" in status.stdout


def test_every_listener_is_on_loopback(cluster: Cluster) -> None:
    addresses = {
        connection.laddr.ip
        for process in cluster.processes()
        for connection in process.net_connections("tcp")
        if connection.status == "LISTEN"
    }
    assert addresses <= {"127.0.0.1", "::ffff:127.0.0.1"} and addresses


@pytest.fixture(scope="module")
def told(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an application on the cluster saw of itself; its properties come from code, command line and file."""
    folder = tmp_path_factory.mktemp("application")
    (folder / "probe.py").write_text(APPLICATION)
    code = (
        "import os, sys; from pathlib import Path; from include.settings import Machine, read_settings\n"
        "from tools.spark_command import submit_environment, submit_options\n"
        "settings, machine = read_settings(), Machine.read()\n"
        "line = ['--conf', 'spark.probe.all=line', '--conf', 'spark.probe.line_and_file=line']\n"
        "command = ['spark-submit', *submit_options(settings, machine), *line, *sys.argv[1:]]\n"
        "os.execvpe(command[0], command, submit_environment(settings, machine))\n"
    )
    properties = cluster.home / "cluster/spark.conf"
    probes = "".join(f"spark.probe.{name} file\n" for name in ("all", "code_and_file", "line_and_file", "file"))
    properties.write_text(f"{properties.read_text()}{probes}")
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / "probe.py"), str(folder / "told.json")],
        cwd=PROJECT, env=cluster.environment(MILLRACE_MASTER=cluster.master), capture_output=True, text=True, timeout=HANG_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads((folder / "told.json").read_text())
    return found


def test_code_is_stronger_than_the_command_line_and_that_than_the_file(told: dict[str, Any]) -> None:
    probes = {name.removeprefix("spark.probe."): value for name, value in told["conf"].items() if name.startswith("spark.probe.")}
    assert probes == {"all": "code", "code_and_file": "code", "line_and_file": "line", "file": "file"}


def test_make_conf_tells_what_an_application_has(cluster: Cluster, told: dict[str, Any]) -> None:
    conf = subprocess.run(
        [sys.executable, "-m", "tools.effective_conf"],
        cwd=PROJECT, env=cluster.environment(MILLRACE_MASTER=cluster.master, JOB="ingest"), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    shown = dict(line.split("   [")[0].split("  ", 1) for line in conf.splitlines() if line.startswith("spark."))
    shown = {name: value.strip() for name, value in shown.items() if not name.startswith("spark.probe.") and name != "spark.app.name"}
    assert shown.pop("spark.authenticate.secret") == "(hidden)"
    # Spark puts its own options for Java before ours.
    options = {name: shown.pop(name) for name in [*shown] if name.endswith(".extraJavaOptions")}
    assert options and all(told["conf"][name].endswith(f" {value}") for name, value in options.items())
    of_session = {"spark.sql.session.timeZone", "spark.sql.timeParserPolicy", "spark.sql.execution.arrow.pyspark.enabled"}
    assert {name: told["conf"].get(name) for name in shown if name not in of_session} == {
        name: value for name, value in shown.items() if name not in of_session
    }


def test_an_application_has_its_page_while_it_runs_and_a_history_afterwards(cluster: Cluster, told: dict[str, Any]) -> None:
    assert told["total"] == 499500
    assert [page["id"] for page in told["page"]] == [told["id"]]
    wait_for(lambda: told["id"] in [application["id"] for application in cluster.history("applications")])
    executors = cluster.history(f"applications/{told['id']}/allexecutors")
    assert sum(executor["completedTasks"] for executor in executors if executor["id"] != "driver") > 0
    assert told["id"] in [application["id"] for application in cluster.page("/json/")["completedapps"]]


def test_the_shell_works_on_it(cluster: Cluster) -> None:
    shell = subprocess.run(
        [sys.executable, "-m", "tools.shell"],
        cwd=PROJECT, env=cluster.environment(MILLRACE_MASTER=cluster.master), capture_output=True, text=True, timeout=HANG_SECONDS,
        input='print("sum:", sc.parallelize(range(100), 4).sum(), "at", sc.master, "namespaces", spark.sql("SHOW NAMESPACES").count())\n',
    )  # fmt: skip
    assert f"sum: 4950 at {cluster.master} namespaces 0" in shell.stdout, shell.stderr[-3000:]
    wait_for(lambda: "millrace-shell" in [application["name"] for application in cluster.page("/json/")["completedapps"]])


def test_without_the_secret_nobody_submits(cluster: Cluster, tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text("from pyspark.sql import SparkSession; SparkSession.builder.getOrCreate().range(1).count()")
    submit = ["spark-submit", "--master", cluster.master, "--conf", "spark.ui.enabled=false", str(script)]
    env = cluster.environment() | {"SPARK_LOCAL_IP": "127.0.0.1"}
    before = len(cluster.page("/json/")["completedapps"])
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(submit, env=env, stdout=log, stderr=subprocess.STDOUT)
    wait_for(lambda: "Failed to connect to master" in (tmp_path / "log").read_text(), tmp_path / "log", of=process)
    process.kill()
    process.wait()
    state = cluster.page("/json/")
    assert (state["activeapps"], len(state["completedapps"])) == ([], before)


def test_a_restart_takes_up_changed_settings(cluster: Cluster) -> None:
    before = cluster.processes()
    assert cluster.do("restart", WORKERS="1", WORKER_CORES="3").returncode == 0
    assert (cluster.page("/json/")["aliveworkers"], cluster.page("/json/")["cores"]) == (1, 3)
    assert [process for process in before if is_running(process)] == []


def test_a_daemon_that_died_is_named_and_started_again(cluster: Cluster) -> None:
    kill_daemon(cluster, "worker-1")
    status = cluster.do("status")
    assert status.returncode == 1 and "ended by itself: worker-1" in status.stderr and "make cluster-start" in status.stderr
    assert cluster.do("start").returncode == 0
    assert cluster.page("/json/")["aliveworkers"] == 1


def test_a_master_whose_port_was_taken_meanwhile_takes_no_other(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would find it at another port, though its page and its workers say that it is up."""
    kill_daemon(cluster, "master")
    port = int(cluster.ports["MASTER_PORT"])
    wait_for(lambda: port_is_free(port))
    with socket.create_server(("127.0.0.1", port)):
        refused = cluster.do("start")
        assert refused.returncode == 75 and f"ports in use by other programs: {port}: end those; `make cluster-restart`" in refused.stderr
        with monkeypatch.context() as looked_too_early, pytest.raises(ClusterError, match="master ended by itself"):
            looked_too_early.setattr("tools.cluster.__main__.require_free", lambda ports, remedy: None)
            start_ended(cluster.home / "cluster")
    assert cluster.do("start").returncode == 0
    assert (cluster.page("/json/")["url"], cluster.page("/json/")["aliveworkers"]) == (cluster.master, 1)


def test_after_its_stop_nothing_is_left_and_a_run_ends_at_once(cluster: Cluster) -> None:
    family = cluster.processes()
    assert cluster.do("stop").returncode == 0
    assert [process for process in family if is_running(process)] == []
    assert cluster.do("stop").stdout == "the cluster was not up\n"
    assert cluster.do("status").returncode == 69
    shell = subprocess.run(
        [sys.executable, "-m", "tools.shell"],
        cwd=PROJECT, env=cluster.environment(MILLRACE_MASTER=cluster.master), capture_output=True, text=True, timeout=HANG_SECONDS,
    )  # fmt: skip
    assert shell.returncode == 69 and "no Spark master answers" in shell.stderr
