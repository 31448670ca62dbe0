"""Prints the Spark master that Airflow's connection leads to: `python -m tools.spark_master` (the doctor asks).

Without a connection the provider would silently take yarn.
"""

import os

from include.settings import Machine, settings
from tools.airflow_env import airflow_env


def main() -> None:
    os.environ.update(airflow_env(settings(), Machine.read()))
    # Imported now: Airflow reads its environment when it is imported.
    from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook

    from include.submit import SPARK_CONN_ID

    print(f"master={SparkSubmitHook(conn_id=SPARK_CONN_ID)._connection['master']}")


if __name__ == "__main__":
    main()
