"""What the stack keeps on its host: secrets and PostgreSQL's passwd file, made once, and .env for plain `docker compose` commands."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

# The containers' user where the host's is root: no container runs as root.
DEFAULT_UID = 10001


def container_uid() -> int:
    """The containers run as whoever starts them, so that they can read the secrets, which nobody else can; root never runs in them."""
    return os.getuid() or DEFAULT_UID


def make_state(folder: Path) -> None:
    """Create the secrets and the passwd file that are not there yet, for the containers' user."""
    uid = container_uid()
    hidden = folder / "secrets"
    hidden.mkdir(parents=True, exist_ok=True)
    hidden.chmod(0o700)
    existing = {path.name: path.read_text() for path in hidden.iterdir()}
    for name, content in new_secrets(existing).items():
        _write(hidden / name, content, 0o600)
    _write(folder / "passwd", f"root:x:0:0::/:/bin/false\npostgres:x:{uid}:{uid}::/tmp:/bin/sh\n", 0o644)
    for path in hidden.iterdir():  # what people have put there by hand too
        path.chmod(0o600)
    if os.getuid() == 0:
        for path in (hidden, *hidden.iterdir()):
            os.chown(path, uid, uid)


def keep_values(environment: Path, values: Mapping[str, str]) -> None:
    """Set the values in the .env file; every other line stays as it is."""
    lines = environment.read_text().splitlines() if environment.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    _write(environment, "".join(f"{line}\n" for line in [*kept, *(f"{name}={value}" for name, value in values.items())]), 0o644)


def read_values(environment: Path) -> dict[str, str]:
    """The values of the .env file by name."""
    lines = environment.read_text().splitlines() if environment.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def new_secrets(existing: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are missing, by file name; those that build on another one take it as it is."""

    def word(name: str) -> str:
        return made[name] if name in made else existing[name]

    made: dict[str, str] = {}
    for name in (
        "postgres_password",
        "airflow_database_password",
        "lake_database_password",
        "api_secret_key",
        "jwt_secret",
        "admin_password",
    ):
        if name not in existing:
            made[name] = secrets.token_urlsafe(32)
    built = {
        "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "airflow_database_uri": f"postgresql+psycopg2://airflow:{word('airflow_database_password')}@postgres:5432/airflow",
        "lake_catalog.conf": (
            f"spark.sql.catalog.lake.jdbc.user lake\nspark.sql.catalog.lake.jdbc.password {word('lake_database_password')}\n"
        ),
        "erasure_key": f"{secrets.token_hex(32)}\n",  # as spark_jobs/erased_users/key.py reads it
        "aws_credentials": "",  # filled in by those who have buckets
        "spark_authentication.conf": f"spark.authenticate.secret {secrets.token_urlsafe(48)}\n",
    }
    return made | {name: content for name, content in built.items() if name not in existing}


def _write(path: Path, content: str, mode: int) -> None:
    """Whole or not at all, and never readable to others in between."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(content)
    part.replace(path)
