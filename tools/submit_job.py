"""`make submit JOB=… ARGS='…'`: one job alone, by spark-submit, with the settings of the environment.

What the stream takes of the settings need not be among its ARGS; it may.
Ends with the job's own exit code; 64 wrong usage, 69 no Spark master answers. Without ARGS the job prints its usage.
"""

import os
import shlex
from pathlib import Path
from typing import NoReturn

from include.settings import Machine, Settings
from include.stream import stream_arguments
from include.submit import argument_words
from tools.cluster.errors import WRONG_USAGE
from tools.jobs import job_file
from tools.spark_command import fail, job_command, settings_for_submit, submit_environment


def main() -> NoReturn:
    try:
        job, words = job_file(os.environ.get("JOB", "")), split(os.environ.get("ARGS", ""))
    except ValueError as error:
        fail(WRONG_USAGE, str(error))
    settings, machine = settings_for_submit(), Machine.read()
    command = job_command(settings, machine, job, [*arguments_of_settings(job, settings), *words])
    os.execvpe(command[0], command, submit_environment(settings, machine))


def split(text: str) -> list[str]:
    """The words of ARGS, quoted as in a shell. ValueError: a quote that nothing closes."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"ARGS: {text!r}: {error}") from error


def arguments_of_settings(job: Path, settings: Settings) -> list[str]:
    return argument_words(stream_arguments(settings)) if job.parent.name == "stream_requests" else []


if __name__ == "__main__":
    main()
