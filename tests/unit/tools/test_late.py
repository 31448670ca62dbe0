"""What `make late` tells to type next, where there is a make and where there is none."""

from pathlib import Path

from include.settings import Settings
from tools.late import next_commands


def test_on_this_machine_a_day_is_run_by_make(tmp_path: Path) -> None:
    run, backfill = next_commands(Settings(home=tmp_path))
    assert run.split("   (")[0].strip() == f"next:   make run DAY=… MILLRACE_HOME={tmp_path}"
    assert backfill.split("   (")[0].strip() == f"make backfill FROM=… TO=… MILLRACE_HOME={tmp_path}"


def test_in_containers_a_day_is_run_by_airflow(tmp_path: Path) -> None:
    (run,) = next_commands(Settings(home=tmp_path, in_containers=True))
    assert run.split("   (")[0] == """next:   docker compose exec scheduler airflow dags trigger web_activity_daily --conf '{"day": "…"}'"""
