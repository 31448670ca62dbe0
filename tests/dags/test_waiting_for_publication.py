"""What the audit's sensor waits for: the markers, and for a daily run the gate of the daily chain."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from include.settings import PROJECT, settings
from tests.landing import Landing

DAY = datetime(2026, 11, 1, tzinfo=UTC)


class Instances:
    """Airflow's answer to how many task instances there are."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[dict[str, Any]] = []

    def get_ti_count(self, **question: Any) -> int:
        self.asked.append(question)
        return self.count


@pytest.fixture
def wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """The sensor's function, of a DAG whose landing folder is below tmp_path."""
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    settings.cache_clear()
    bag = DagBag(dag_folder=str(PROJECT / "dags/raw_log_audit.py"))
    settings.cache_clear()
    sensor: Any = bag.dags["raw_log_audit"].get_task("wait_for_publication")
    function: Callable[..., bool] = sensor.python_callable
    return function


def test_nothing_starts_before_the_markers(wait: Callable[..., bool], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Landing(tmp_path / "landing").complete(DAY.date(), "users", "requests")
    for day in (None, "2026-11-01"):
        instances = Instances(1)
        assert wait({"day": day}, DAY, instances) is False
        assert instances.asked == []
        assert "waiting for" in (told := capsys.readouterr().out) and "profiles/dt=2026-11-01/_SUCCESS" in told


@pytest.mark.parametrize("count", [0, 1])
def test_a_daily_run_waits_for_the_gate_of_its_day(wait: Callable[..., bool], tmp_path: Path, count: int) -> None:
    Landing(tmp_path / "landing").complete(DAY.date())
    instances = Instances(count)
    assert wait({"day": None}, DAY, instances) is bool(count)
    assert instances.asked == [
        {"dag_id": "web_activity_daily", "task_ids": ["ingest.gate_ingest"], "logical_dates": [DAY], "states": ["success"]}
    ]


def test_a_run_by_hand_asks_no_other_run(wait: Callable[..., bool], tmp_path: Path) -> None:
    Landing(tmp_path / "landing").complete(DAY.date())
    instances = Instances(0)
    assert wait({"day": "2026-11-01"}, None, instances) is True
    assert instances.asked == []


def test_the_gate_that_is_waited_for_is_one_of_the_daily_chain(dag_bag: DagBag) -> None:
    assert "ingest.gate_ingest" in dag_bag.dags["web_activity_daily"].task_ids
