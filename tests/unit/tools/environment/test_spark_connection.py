import pytest

from tools.environment.spark_connection import judge_master


@pytest.mark.parametrize("master", ["local[*]", "local[2]", "spark://127.0.0.1:7077"])
def test_a_master_of_ours_is_fine(master: str) -> None:
    check = judge_master(f"a line of Airflow's\nmaster={master}\n", "")
    assert (check.ok, check.found) == (True, master)


@pytest.mark.parametrize("master", ["yarn", "local", "spark"])
def test_anything_else_is_named(master: str) -> None:
    check = judge_master(f"master={master}\n", "")
    assert (check.ok, check.found) == (False, master)
    assert "MASTER=" in check.remedy


def test_no_answer_shows_the_last_line_of_the_error() -> None:
    check = judge_master("", "Traceback\nSettingsError: MILLRACE_LATE_DAYS=x is no number\n")
    assert (check.ok, check.found) == (False, "SettingsError: MILLRACE_LATE_DAYS=x is no number")
