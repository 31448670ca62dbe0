"""The command line and environment of a submit outside of Airflow, from the same settings as the DAGs' submits."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from include.settings import PROJECT, Machine, Settings, SettingsError, read_settings
from include.submit import submit_arguments
from tools.cluster.errors import UNAVAILABLE, WRONG_USAGE, ClusterError
from tools.cluster.plan import submit_env
from tools.cluster.ready import require_master
from tools.environment.command import spark_environment
from tools.environment.layout import Layout
from tools.jobs import job_file
from tools.properties import require_lake


def settings_for_submit() -> Settings:
    """The settings, when their master answers. Ends this process otherwise, with the reason: 64 wrong settings, 69 no master."""
    try:
        settings = read_settings()
        require_lake(Path(submit_properties(settings)))
        require_master(settings.master)
    except SettingsError as error:
        fail(WRONG_USAGE, str(error))
    except ClusterError as error:
        fail(error.code, str(error))
    return settings


def fail(code: int, message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


def submit_options(settings: Settings, machine: Machine) -> list[str]:
    """Options for spark-submit and pyspark: master, properties file, a --conf for each property of the settings."""
    arguments = submit_arguments(settings, machine)
    conf = [part for name, value in arguments["conf"].items() for part in ("--conf", f"{name}={value}")]
    return [
        *["--master", settings.master, "--properties-file", submit_properties(settings)],
        *["--driver-memory", arguments["driver_memory"], *conf],
    ]


def job_command(settings: Settings, machine: Machine, job: Path, words: Sequence[str]) -> list[str]:
    """The submit of a job's file with its arguments."""
    return ["spark-submit", *submit_options(settings, machine), str(job), *words]


def run_job(name: str, words: Sequence[str]) -> int:
    """Submit a job with the settings of the environment and wait; its exit code. Ends this process where nothing can be submitted."""
    settings, machine = settings_for_submit(), Machine.read()
    return subprocess.run(job_command(settings, machine, job_file(name), words), env=submit_environment(settings, machine)).returncode


def submit_properties(settings: Settings) -> str:
    """The properties file: the cluster's own where the home has one, else that of the settings."""
    return submit_env(settings).get("MILLRACE_PROPERTIES_FILE", str(settings.properties_file))


def submit_environment(settings: Settings, machine: Machine) -> dict[str, str]:
    """The environment of a process that submits. Ends this process where nothing is set up."""
    if machine.java_home is None:
        fail(UNAVAILABLE, "the set-up has not found a Java yet: run `make setup`")
    settings.home.mkdir(parents=True, exist_ok=True)  # SQLite makes its file there, but no folder
    python_path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH", "")]))
    return spark_environment(Layout(PROJECT), Path(machine.java_home)) | submit_env(settings) | {"PYTHONPATH": python_path}
