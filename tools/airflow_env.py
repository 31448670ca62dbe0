"""The environment of every Airflow process of the embedded set-up, and its database."""

import fcntl
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from include.settings import PROJECT, Machine, Settings
from tools.cluster.plan import submit_env
from tools.environment.command import spark_environment
from tools.environment.layout import Layout
from tools.environment.stamps import fingerprint, read_stamp, write_stamp

# Several runs share one SQLite file: wait for a lock instead of failing.
SQLITE_CONNECT_ARGS = {"timeout": 60, "check_same_thread": False}


def airflow_env(settings: Settings, machine: Machine) -> dict[str, str]:
    """The current environment with what Airflow and spark-submit need."""
    home = settings.home / "airflow"
    if machine.java_home is None:
        raise SystemExit("the set-up has not found a Java yet: run `make setup`")
    return spark_environment(Layout(PROJECT), Path(machine.java_home)) | {
        "PYTHONPATH": str(PROJECT),
        "MILLRACE_HOME": str(settings.home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "utc",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "tools.airflow_env.SQLITE_CONNECT_ARGS",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.home / "logs"),
        "AIRFLOW_CONN_SPARK_DEFAULT": spark_connection(settings.master),
        **submit_env(settings),
    }


def spark_connection(master: str) -> str:
    """The Spark connection in JSON; a URI would turn local[2] into a host name."""
    return json.dumps({"conn_type": "spark", "host": master})


def migrate_database(settings: Settings, env: dict[str, str]) -> None:
    """Create or upgrade Airflow's database and the pool of Spark tasks; nothing to do where that was done. One process at a time."""
    home = settings.home / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    key = fingerprint(version("apache-airflow"), str(settings.spark_slots))
    with (home / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (home / "airflow.db").is_file() and read_stamp(home / "ready.json").get("key") == key:
            return
        print("preparing Airflow's database", flush=True)
        _airflow(env, "db", "migrate")
        _airflow(env, "pools", "set", "spark", str(settings.spark_slots), "Spark tasks that may run at once")
        write_stamp(home / "ready.json", key)


def _airflow(env: dict[str, str], *command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "airflow", *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"airflow {' '.join(command)} failed:\n{done.stdout[-3000:]}")
