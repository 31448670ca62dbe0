"""Whether the service of this container does its work: `python -m tools.container.health SERVICE`; Docker asks every few seconds.

Exit codes: 0 it does, 1 it does not, with the reason on stdout, which `docker inspect` shows.
"""

import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

TIMEOUT_SECONDS = 8
# Airflow's services tell the database every few seconds that they live.
HEARTBEAT_SECONDS = 60
DATABASE_URI = Path("/run/secrets/airflow_database_uri")


def get(url: str) -> Any:
    with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def api_server() -> str | None:
    """What is wrong, or None."""
    state = get("http://127.0.0.1:8080/api/v2/monitor/health")["metadatabase"]["status"]
    return None if state == "healthy" else f"its database is {state}"


def heartbeat(job_type: str) -> Callable[[], str | None]:
    def check() -> str | None:
        import psycopg2

        uri = DATABASE_URI.read_text().strip().replace("postgresql+psycopg2://", "postgresql://")
        query = """SELECT extract(epoch FROM now() - max(latest_heartbeat)) FROM job
                   WHERE job_type = %s AND hostname = %s AND state = 'running'"""
        try:
            with closing(psycopg2.connect(uri, connect_timeout=TIMEOUT_SECONDS)) as connection, connection.cursor() as cursor:
                cursor.execute(query, (job_type, socket.getfqdn()))
                (age_seconds,) = cursor.fetchone()
        except psycopg2.Error as error:
            return f"the database: {str(error).strip()}"
        if age_seconds is None:
            return f"no {job_type} of this container is running"
        return None if age_seconds < HEARTBEAT_SECONDS else f"the last heartbeat was {age_seconds:.0f} s ago"

    return check


def spark_master() -> str | None:
    state = get("http://127.0.0.1:8080/json/")["status"]
    return None if state == "ALIVE" else f"the master is {state}"


def spark_worker() -> str | None:
    """Its master must know it: a worker whose page answers may have lost it."""
    own = {socket.gethostname(), socket.gethostbyname(socket.gethostname())}
    states = [worker["state"] for worker in get("http://spark-master:8080/json/")["workers"] if worker["host"] in own]
    return None if "ALIVE" in states else f"the master has this worker as {states or 'unknown'}"


def history_server() -> str | None:
    get("http://127.0.0.1:18080/api/v1/applications?limit=1")
    return None


CHECKS: dict[str, Callable[[], str | None]] = {
    "api-server": api_server,
    "scheduler": heartbeat("SchedulerJob"),
    "dag-processor": heartbeat("DagProcessorJob"),
    "triggerer": heartbeat("TriggererJob"),
    "spark-master": spark_master,
    "spark-worker": spark_worker,
    "history-server": history_server,
}


def main(service: str) -> int:
    try:
        fault = CHECKS[service]()
    except (OSError, ValueError, KeyError) as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        print(f"{service}: {fault}")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
