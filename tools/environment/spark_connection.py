"""Whether Airflow's Spark connection leads to a master of ours."""

import re
import subprocess

from tools.environment.check import Check
from tools.environment.layout import Layout

NAME = "Airflow's Spark connection"
REMEDY = "unset AIRFLOW_CONN_SPARK_DEFAULT and give MASTER=local[*] or MASTER=spark://HOST:PORT, or nothing"


def check_spark_connection(layout: Layout) -> Check:
    """A missing connection silently means yarn, so the resolved master itself is looked at."""
    command = [str(layout.python), "-m", "tools.spark_master"]
    done = subprocess.run(command, cwd=layout.repository, capture_output=True, text=True, check=False)
    return judge_master(done.stdout if done.returncode == 0 else "", done.stderr)


def judge_master(output: str, errors: str) -> Check:
    """output: what tools.spark_master printed, `master=…` among Airflow's own lines."""
    found = re.search(r"^master=(.*)$", output, re.MULTILINE)
    if found is None:
        return Check(NAME, False, (errors.strip().splitlines() or ["no answer"])[-1], REMEDY)
    return Check(NAME, re.match(r"local\[|spark://", found[1]) is not None, found[1], REMEDY)
