"""Prepares Airflow's database for the other services: `python -m tools.container.init`; to do it again changes nothing.

Migrates the schema, sets the pool of Spark tasks to MILLRACE_SPARK_SLOTS, and creates the user `admin` where there is none, with the
password of the secret `admin_password`.
"""

import subprocess
from pathlib import Path

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils.providers_configuration_loader import providers_configuration_loaded

from include.settings import settings

USER = "admin"
PASSWORD_FILE = Path("/run/secrets/admin_password")


def main() -> None:
    airflow("db", "migrate")
    airflow("pools", "set", "spark", str(settings().spark_slots), "Spark tasks that may run at once")
    create_admin(PASSWORD_FILE.read_text().strip())


def airflow(*command: str) -> None:
    subprocess.run(["airflow", *command], check=True)


@providers_configuration_loaded
def create_admin(password: str) -> None:
    """In this process, because Airflow's own command takes the password as an argument, which the process list shows."""
    with get_application_builder() as builder:
        security = builder.sm
        if security.find_user(USER):
            print(f"the user {USER} is there")
            return
        role = security.find_role("Admin")
        if not security.add_user(USER, USER, USER, f"{USER}@localhost.localdomain", role, password):
            raise SystemExit(f"Airflow did not create the user {USER}; its log above says why")
        print(f"created the user {USER}")


if __name__ == "__main__":
    main()
