"""Secrets are made once, hidden, and fit together."""

import base64
from pathlib import Path

from tools.stack.state import keep_values, make_state, new_secrets, read_values


def test_secrets_are_files_for_their_owner_alone_and_stay_as_they_are(tmp_path: Path) -> None:
    make_state(tmp_path)
    hidden = tmp_path / "secrets"
    before = {path.name: path.read_text() for path in hidden.iterdir()}
    assert (hidden.stat().st_mode & 0o777, {path.stat().st_mode & 0o777 for path in hidden.iterdir()}) == (0o700, {0o600})
    # What a person puts there is hidden and kept too.
    (hidden / "aws_credentials").write_text("[default]\n")
    (hidden / "aws_credentials").chmod(0o644)
    make_state(tmp_path)
    assert {path.name: path.read_text() for path in hidden.iterdir()} == before | {"aws_credentials": "[default]\n"}
    assert {path.stat().st_mode & 0o777 for path in hidden.iterdir()} == {0o600}


def test_no_two_secrets_are_alike_and_those_that_belong_together_match() -> None:
    made = new_secrets({})
    words = [text for name, text in made.items() if "_uri" not in name and not name.endswith(".conf") and name != "aws_credentials"]
    assert len(set(words)) == len(words) and all(len(word) >= 32 for word in words)
    assert made["airflow_database_uri"] == f"postgresql+psycopg2://airflow:{made['airflow_database_password']}@postgres:5432/airflow"
    assert f"spark.sql.catalog.lake.jdbc.password {made['lake_database_password']}\n" in made["lake_catalog.conf"]
    assert len(base64.urlsafe_b64decode(made["fernet_key"])) == 32


def test_only_what_is_missing_is_made_and_it_fits_what_is_there() -> None:
    existing = {name: text for name, text in new_secrets({}).items() if name not in ("airflow_database_uri", "jwt_secret")}
    made = new_secrets(existing)
    assert set(made) == {"airflow_database_uri", "jwt_secret"}
    assert f":{existing['airflow_database_password']}@" in made["airflow_database_uri"]


def test_postgres_finds_a_name_for_the_containers_user(tmp_path: Path) -> None:
    make_state(tmp_path)
    users = [line.split(":") for line in (tmp_path / "passwd").read_text().splitlines()]
    assert [user[0] for user in users] == ["root", "postgres"]
    assert users[1][2] != "0"


def test_the_env_file_keeps_what_others_wrote_into_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nWORKER_MEMORY=8g\nAIRFLOW_PORT=1\n")
    keep_values(file, {"AIRFLOW_PORT": "8080", "MILLRACE_UID": "10001"})
    keep_values(file, {"AIRFLOW_PORT": "8090"})
    assert file.read_text() == "# mine\nWORKER_MEMORY=8g\nMILLRACE_UID=10001\nAIRFLOW_PORT=8090\n"
    assert read_values(file) == {"WORKER_MEMORY": "8g", "MILLRACE_UID": "10001", "AIRFLOW_PORT": "8090"}
