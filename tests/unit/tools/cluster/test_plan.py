"""What a cluster consists of, and who is told of it."""

import json
import stat
from pathlib import Path

import pytest

from include.settings import Settings
from tools.cluster import __main__ as cluster
from tools.cluster.__main__ import alone, prepare, read_plan, require_free
from tools.cluster.errors import ClusterError
from tools.cluster.plan import Plan, cluster_folder, properties_file, submit_env
from tools.cluster.ready import require_master
from tools.properties import read_properties

PLAN = Plan(workers=2, master_port=7077, page_port=18080, history_port=18090, worker_cores=1, worker_memory="2g")


def test_without_a_choice_there_are_two_workers_on_the_usual_ports() -> None:
    assert read_plan({}) == PLAN
    assert PLAN.ports == [7077, 18090, 18080, 18081, 18082]


@pytest.mark.parametrize(
    ("name", "text"),
    [("WORKERS", "0"), ("WORKERS", "many"), ("WORKERS", "²"), ("MASTER_PORT", "80"), ("WORKER_CORES", "-1"), ("WORKER_MEMORY", "2 GB")],
)
def test_a_wrong_choice_is_named(name: str, text: str) -> None:
    with pytest.raises(ClusterError, match=f"^{name}: '{text}'") as refused:
        read_plan({name: text})
    assert refused.value.code == 64


def test_any_number_of_workers_leaves_the_other_ports_alone(tmp_path: Path) -> None:
    plan = read_plan({"WORKERS": "64", "MASTER_PORT": "18085"})
    assert len(set(plan.ports)) == len(plan.ports) == 67 and plan.worker_pages[:5] == [18081, 18082, 18083, 18084, 18086]
    assert len({page for *_, page in plan.daemons(tmp_path)}) == 66


@pytest.mark.parametrize("name", ["MASTER_PORT", "MASTER_PAGE_PORT"])
def test_one_port_for_two_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="each needs a port of its own") as refused:
        read_plan({name: "18090"})
    assert refused.value.code == 64


def test_a_restart_with_a_wrong_choice_leaves_the_cluster_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[Settings] = []
    monkeypatch.setattr(cluster, "stop", stopped.append)
    monkeypatch.setenv("WORKERS", "two")
    with pytest.raises(ClusterError, match="WORKERS: 'two' is not a whole number"):
        cluster.restart(Settings(home=tmp_path))
    assert stopped == []


def test_every_daemon_is_on_loopback_and_gets_the_properties(tmp_path: Path) -> None:
    commands = {name: command for name, command, _ in PLAN.daemons(tmp_path)}
    assert list(commands) == ["master", "history-server", "worker-1", "worker-2"]
    for command in commands.values():
        assert command[command.index("--properties-file") + 1] == str(tmp_path / "spark.conf")
    for name in ("master", "worker-1", "worker-2"):
        assert commands[name][commands[name].index("--host") + 1] == "127.0.0.1"
    assert commands["worker-2"][-1] == "spark://127.0.0.1:7077"


def test_the_secret_is_new_with_each_start_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    secrets = []
    for _ in range(2):
        prepare(settings, PLAN)
        path = properties_file(cluster_folder(settings))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        properties = read_properties(path)
        assert properties["spark.master.rest.enabled"] == "false" and properties["spark.sql.defaultCatalog"] == "lake"
        secrets.append(properties["spark.authenticate.secret"])
    assert len(set(secrets)) == 2 and all(len(secret) >= 32 for secret in secrets)


def test_only_a_submit_to_this_cluster_is_given_its_properties(tmp_path: Path) -> None:
    assert submit_env(Settings(home=tmp_path, master=PLAN.master)) == {}
    prepare(Settings(home=tmp_path), PLAN)
    env = submit_env(Settings(home=tmp_path, master=PLAN.master))
    assert env == {
        "MILLRACE_PROPERTIES_FILE": str(tmp_path / "cluster/spark.conf"),
        "MILLRACE_HISTORY_URL": "http://127.0.0.1:18090",
    }
    assert submit_env(Settings(home=tmp_path, master="local[2]")) == submit_env(Settings(home=tmp_path, master="spark://other:7077")) == {}
    assert json.loads((tmp_path / "cluster/cluster.json").read_text())["master"] == PLAN.master


def test_ports_in_use_are_named(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "RELEASE_SECONDS", 0.2)
    with pytest.raises(ClusterError, match=f"^ports in use by other programs: {taken_port}: end those$") as refused:
        require_free([taken_port], "end those")
    assert refused.value.code == 75


def test_of_two_commands_at_once_one_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with alone(settings):
        with pytest.raises(ClusterError, match="another command starts or stops this cluster") as refused, alone(settings):
            pass
        assert refused.value.code == 75
    with alone(settings):
        pass


def test_a_master_that_does_not_answer_is_told_at_once(taken_port: int) -> None:
    require_master("local[*]")
    require_master(f"spark://127.0.0.1:{taken_port}")
    require_master(f"spark://127.0.0.1:9,127.0.0.1:{taken_port}")
    with pytest.raises(
        ClusterError, match=r"no Spark master answers at spark://127\.0\.0\.1:9,localhost:9 .*refused.*; .*refused.*make cluster-start"
    ) as refused:
        require_master("spark://127.0.0.1:9,localhost:9")
    assert refused.value.code == 69
