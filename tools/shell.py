"""`make shell`: the PySpark shell with `spark`, `sc` and the lake's catalog; MASTER=spark://… on a cluster.

Exit codes: those of the shell; 64 wrong usage, 69 no Spark master answers.
"""

import os
from typing import NoReturn

from include.settings import PROJECT, Machine
from spark_jobs.lake.session import FIXED
from tools.spark_command import settings_for_submit, submit_environment, submit_options

NAME = "millrace-shell"


def main() -> NoReturn:
    settings, machine = settings_for_submit(), Machine.read()
    fixed = [part for name, value in FIXED.items() for part in ("--conf", f"{name}={value}")]
    command = ["pyspark", "--name", NAME, *submit_options(settings, machine), "--conf", "spark.ui.enabled=true", *fixed]
    # PySpark's shell runs this file when `spark` is there.
    env = submit_environment(settings, machine) | {
        "PYTHONSTARTUP": str(PROJECT / "tools/shell_banner.py"),
        "PYSPARK_DRIVER_PYTHON_OPTS": "-i",  # else commands from a pipe would find no `spark`
    }
    os.execvpe(command[0], command, env)


if __name__ == "__main__":
    main()
