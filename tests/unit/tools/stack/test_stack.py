"""`make up` and its kin: arguments, and when a container counts as ready."""

import pytest

from tools.stack.__main__ import StackError, chosen_values, welcome, whole_number
from tools.stack.compose import PROJECT, Container


@pytest.mark.parametrize(
    ("state", "health", "exit_code", "is_ready", "has_failed"),
    [
        ("running", "healthy", 0, True, False),
        ("running", "", 0, True, False),
        ("running", "starting", 0, False, False),
        ("running", "unhealthy", 0, False, False),
        ("created", "", 0, False, False),
        ("exited", "", 0, True, False),
        ("exited", "", 1, False, True),
        ("restarting", "", 1, False, False),
    ],
)
def test_when_a_container_is_ready(state: str, health: str, exit_code: int, is_ready: bool, has_failed: bool) -> None:
    container = Container("c", "s", state, health, exit_code)
    assert (container.is_ready, container.has_failed) == (is_ready, has_failed)


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", "1.5", ""])
def test_what_is_no_number_of_workers_is_refused_by_name(text: str) -> None:
    with pytest.raises(StackError, match="WORKERS") as failure:
        whole_number("WORKERS", text)
    assert failure.value.code == 64


def test_a_value_of_this_call_comes_before_an_earlier_one_and_that_before_the_default() -> None:
    first = chosen_values({}, {})
    assert (first["AIRFLOW_PORT"], first["MILLRACE_LANDING"]) == ("8080", str(PROJECT / "var/landing"))
    moved = chosen_values(first, {"MILLRACE_HOME": "/data/millrace", "AIRFLOW_PORT": "8090"})
    assert (moved["AIRFLOW_PORT"], moved["MILLRACE_STATE"]) == ("8090", "/data/millrace/compose")
    assert chosen_values(moved, {}) == moved


def test_the_welcome_says_where_the_password_is_and_not_what_it_is() -> None:
    text = welcome(chosen_values({}, {"MILLRACE_HOME": "/home/x", "AIRFLOW_PORT": "8090"}))
    assert "http://127.0.0.1:8090" in text and "/home/x/compose/secrets/admin_password" in text
