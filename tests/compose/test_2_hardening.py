"""What keeps others out, each point by a probe that gets through where it is missing."""

import socket
import subprocess
from urllib.request import Request

import psutil
import pytest

from tests.compose.stack import Stack, docker_inspect, fetch, wait_for

pytestmark = pytest.mark.docker
LONG_RUNNING = (
    "postgres", "api-server", "scheduler", "dag-processor", "triggerer", "spark-master", "spark-worker", "history-server",
)  # fmt: skip


def test_every_published_port_is_on_loopback_alone(stack: Stack) -> None:
    published = [
        binding["HostIp"] for container in docker_inspect(stack) for ports in container["NetworkSettings"]["Ports"].values() if ports
        for binding in ports
    ]  # fmt: skip
    assert published == ["127.0.0.1"] * len(stack.ports)
    outside = {
        address.address for addresses in psutil.net_if_addrs().values() for address in addresses if address.family == socket.AF_INET
    } - {"127.0.0.1"}
    for address in outside:
        for port in stack.ports.values():
            with socket.socket() as probe, pytest.raises(OSError):
                probe.settimeout(3)
                probe.connect((address, int(port)))


@pytest.mark.parametrize("service", LONG_RUNNING)
def test_a_process_of_a_container_has_no_privilege_and_cannot_change_its_image(stack: Stack, service: str) -> None:
    status = dict(line.split(":\t", 1) for line in stack.execute(service, "cat", "/proc/1/status").splitlines() if ":\t" in line)
    assert "0" not in status["Uid"].split()
    assert (int(status["CapEff"], 16), int(status["CapBnd"], 16), status["NoNewPrivs"]) == (0, 0, "1")
    for folder in ("/", "/opt", "/var/tmp"):  # the last is open to everybody where the root is not read-only
        assert "Read-only file system" in stack.execute(service, "sh", "-c", f"touch {folder}/probe 2>&1 || true"), folder


def test_memory_and_processes_are_limited(stack: Stack) -> None:
    for container in docker_inspect(stack):
        assert container["HostConfig"]["Memory"] > 0 and container["HostConfig"]["PidsLimit"] > 0, container["Name"]


def test_airflow_shows_no_configuration_and_tests_no_connection(stack: Stack) -> None:
    assert stack.call("GET", "/api/v2/config")[0] == 403
    assert stack.call("POST", "/api/v2/connections/test", {"connection_id": "x", "conn_type": "http"})[0] == 403
    dags = stack.call("GET", "/api/v2/dags")[1]["dags"]
    assert all(dag["fileloc"].startswith("/opt/millrace/dags/") for dag in dags)


def test_the_landing_and_the_dags_are_read_only(stack: Stack) -> None:
    for service, path in (("scheduler", "/opt/millrace/dags"), ("scheduler", "/data/landing"), ("spark-worker", "/data/landing")):
        assert "Read-only file system" in stack.execute(service, "sh", "-c", f"touch {path}/probe 2>&1 || true"), path


def test_nobody_submits_or_kills_through_a_page(stack: Stack) -> None:
    for port in (stack.ports["SPARK_MASTER_PORT"], stack.ports["HISTORY_PORT"]):
        answer = fetch(Request(f"http://127.0.0.1:{port}/app/kill/", b"id=app-1&terminate=true", method="POST"))
        assert answer[0] in (403, 404, 405)
        assert "(kill)" not in str(fetch(Request(f"http://127.0.0.1:{port}"))[1])
    # The REST server, which would take code from anybody, is not there.
    probe = "import socket; socket.create_connection(('spark-master', 6066), 3)"
    assert "refused" in stack.execute("spark-worker", "sh", "-c", f'python -c "{probe}" 2>&1 || true').lower()


def test_a_worker_with_another_secret_does_not_join(stack: Stack) -> None:
    def workers() -> int:
        return int(stack.master()["aliveworkers"])

    before = workers()
    join = (
        "{prepare} spark-class org.apache.spark.deploy.worker.Worker --cores 1 --memory 512m --webui-port 0 --work-dir /tmp/other "
        "--properties-file {file} spark://spark-master:7077 > /tmp/probe.log 2>&1 & worker=$!; "
        "until {enough} || ! kill -0 $worker; do sleep 0.5; done; kill $worker; cat /tmp/probe.log"
    )
    other = "sed 's/^spark.authenticate.secret .*/spark.authenticate.secret another/' /run/millrace/spark.conf > /tmp/other.conf;"
    refused = "Failed to connect to master"
    enough = f"grep -q '{refused}' /tmp/probe.log"
    told = stack.execute("spark-worker", "sh", "-c", join.format(prepare=other, file="/tmp/other.conf", enough=enough))
    assert refused in told and workers() == before, told
    # The probe is one: with the right secret the same command joins.
    right = join.format(prepare="", file="/run/millrace/spark.conf", enough="[ -e /tmp/enough ]")
    joining = subprocess.Popen(
        ["docker", "compose", "exec", "-T", "spark-worker", "sh", "-c", right],
        env=stack.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for("the worker with the right secret", lambda: workers() == before + 1, 600)
    finally:
        stack.execute("spark-worker", "touch", "/tmp/enough")
        joining.wait()


def test_traffic_and_spills_of_the_jobs_are_encrypted_and_their_secrets_hidden(stack: Stack) -> None:
    applications = stack.history("applications")
    assert applications
    properties = dict(stack.history(f"applications/{applications[0]['id']}/environment")["sparkProperties"])
    assert properties["spark.network.crypto.enabled"] == "true"
    assert properties["spark.network.crypto.cipher"] == "AES/GCM/NoPadding"
    assert properties["spark.io.encryption.enabled"] == "true"
    for name in ("spark.authenticate.secret", "spark.sql.catalog.lake.jdbc.password"):
        assert properties[name] == "*********(redacted)", name


def test_a_role_of_the_database_sees_only_its_own(stack: Stack) -> None:
    for role, database in (("lake", "airflow"), ("airflow", "lake")):
        password = (stack.home / f"compose/secrets/{role}_database_password").read_text()
        uri = f"postgresql://{role}@postgres:5432/{database}"
        code = f"import psycopg2; psycopg2.connect({uri!r}, password={password!r})"
        told = stack.execute("scheduler", "sh", "-c", f'python -c "{code}" 2>&1 || true')
        assert "permission denied for database" in told
