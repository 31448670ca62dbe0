"""`make submit JOB=… ARGS='…'`: one job alone, by spark-submit, with the settings of the environment.

Ends with the job's own exit code; 64 wrong usage, 69 no Spark master answers. Without ARGS the job prints its usage.
"""

import os
import shlex
from typing import NoReturn

from include.settings import Machine
from tools.cluster.errors import WRONG_USAGE
from tools.jobs import job_file
from tools.spark_command import fail, job_command, settings_for_submit, submit_environment


def main() -> NoReturn:
    try:
        job, words = job_file(os.environ.get("JOB", "")), shlex.split(os.environ.get("ARGS", ""))
    except ValueError as error:
        fail(WRONG_USAGE, str(error))
    settings, machine = settings_for_submit(), Machine.read()
    command = job_command(settings, machine, job, words)
    os.execvpe(command[0], command, submit_environment(settings, machine))


if __name__ == "__main__":
    main()
