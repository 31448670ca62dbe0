"""Runs the set-up's commands: quiet when they work, their last lines when they fail."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.environment.check import SetUpError
from tools.environment.layout import Layout

SHOWN_LINES = 25
SHOWN_CHARACTERS = 300

# Settings of another Spark or Python on the machine; they would silently replace ours.
FOREIGN_VARIABLES = ("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_SUBMIT_OPTS", "PYTHONPATH", "PYTHONHOME")


def run(command: Sequence[str | Path], what: str, remedy: str, environment: Mapping[str, str] | None = None) -> str:
    """Runs the command and returns its output; raises SetUpError with `remedy` when it fails."""
    # close_fds=False lets the child inherit the set-up's lock (see lock.py), the only inheritable descriptor.
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        close_fds=False,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join("    " + line[:SHOWN_CHARACTERS] for line in done.stdout.splitlines()[-SHOWN_LINES:])
        raise SetUpError(f"{what} failed (exit code {done.returncode}):\n{tail}", remedy)
    return done.stdout


def spark_environment(layout: Layout, java_home: Path) -> dict[str, str]:
    """The environment of a process that submits: our Spark, our Python first on PATH, the chosen Java."""
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return inherited | {
        "SPARK_HOME": str(layout.spark_home),
        "JAVA_HOME": str(java_home),
        "PATH": f"{layout.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYSPARK_PYTHON": str(layout.python),
        "PYSPARK_DRIVER_PYTHON": str(layout.python),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def java_option(option: str) -> str:
    """The option quoted for Spark's own option parser, so that a path may hold spaces."""
    escaped = option.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
