"""`make notebook`: JupyterLab on loopback with notebooks/spark_tour.ipynb on the lake of MILLRACE_HOME.

PORT chooses the port (default 8888), MASTER a Spark cluster. The notebook is copied to the home first, so that what is tried stays out of
the clone. Unless AWS_ENDPOINT_URL or AWS_PROFILE is set, its S3 section has a server of this machine.
Exit codes: those of JupyterLab; 64 wrong usage, 69 no Spark master answers.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack

from include.settings import PROJECT, Machine, Settings
from include.submit import s3_conf
from spark_jobs.lake.session import FIXED
from tools.airflow_ui import parse_port
from tools.cluster.errors import WRONG_USAGE
from tools.local_buckets import bucket_environment, free_port, serve_buckets
from tools.spark_command import fail, settings_for_submit, submit_environment, submit_options

NOTEBOOK = PROJECT / "notebooks/spark_tour.ipynb"
BUCKET = "spark-tour"


def main() -> int:
    try:
        port = parse_port(os.environ.get("PORT") or "8888", "make notebook PORT=8889")
    except ValueError as error:
        fail(WRONG_USAGE, str(error))
    folder = settings_for_submit().home / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / NOTEBOOK.name).exists():
        shutil.copy(NOTEBOOK, folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # JupyterLab ends with this process
    with ExitStack() as stack:
        if not os.environ.get("AWS_ENDPOINT_URL") and not os.environ.get("AWS_PROFILE"):
            bucket_port = free_port()
            os.environ |= bucket_environment(bucket_port, folder)
            stack.enter_context(serve_buckets(bucket_port))
        # In a container people are root; they may do what they like there.
        options = ["--ip", "127.0.0.1", "--port", str(port), "--no-browser", "--allow-root"]
        command = [sys.executable, "-m", "jupyter", "lab", *options, NOTEBOOK.name]
        env = notebook_environment(settings_for_submit(), Machine.read())
        try:
            return subprocess.run(command, cwd=folder, env=env).returncode
        except KeyboardInterrupt:  # which has ended JupyterLab too
            return 0


def notebook_environment(settings: Settings, machine: Machine) -> dict[str, str]:
    """The environment in which `SparkSession.builder.getOrCreate()` starts as spark-submit would start a job."""
    conf = [part for name, value in (FIXED | s3_conf(settings)).items() for part in ("--conf", f"{name}={value}")]
    options = [*submit_options(settings, machine), *conf, "--conf", "spark.ui.enabled=true", "pyspark-shell"]
    return submit_environment(settings, machine) | {
        "PYSPARK_SUBMIT_ARGS": shlex.join(options),
        "MILLRACE_HOME": str(settings.home),
        "MILLRACE_NOTEBOOK_BUCKET": os.environ.get("MILLRACE_NOTEBOOK_BUCKET", BUCKET),
    }


if __name__ == "__main__":
    sys.exit(main())
