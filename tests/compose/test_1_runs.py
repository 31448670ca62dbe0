"""The unchanged DAG on the containers: a scheduled run, a backfill, and the way from a task to its Spark application."""

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request

import pytest

from spark_jobs.gate.schema import BY_NAME
from tests.compose.conftest import BACKFILL_DAYS, ScheduledRun, land
from tests.compose.lake import CopiedLake, promises_hold, published_once
from tests.compose.stack import DAG, DAG_ID, Stack, fetch, wait_for
from tests.landing import Landing, fix
from tools.spark_events import applications

pytestmark = pytest.mark.docker
REPLAY, UPKEEP = "quarantine_replay", "lake_maintenance"
REPLAYED_DAYS = [date(2026, 10, 5) + timedelta(days=7 * number) for number in range(2)]


def test_without_a_login_nothing_is_told(stack: Stack) -> None:
    token, stack.token = stack.token, ""
    try:
        for path in ("/api/v2/dags", f"{DAG}/dagRuns", "/ui/dags", "/api/v2/connections"):
            assert stack.call("GET", path)[0] in (401, 403), path
        assert stack.call("POST", "/auth/token", {"username": "admin", "password": "admin"})[0] in (401, 403)
    finally:
        stack.token = token
    assert stack.call("GET", "/api/v2/connections")[0] == 200


def test_a_scheduled_run_goes_through_on_both_workers(stack: Stack, scheduled: ScheduledRun, tmp_path: Path) -> None:
    hosts = executor_hosts(stack, tmp_path / "events")
    assert set(hosts) == {"ingest", "gate", "enrich", "aggregate", "identities", "export_reports"}
    assert len(set.union(*hosts.values())) == 2, hosts
    published_once(scheduled.day, promises_hold(stack, scheduled.day, tmp_path / "lake"))


def test_a_task_links_to_its_own_application(stack: Stack, scheduled: ScheduledRun) -> None:
    answer = stack.asked(f"{DAG}/dagRuns/{quote(scheduled.run_id)}/taskInstances/enrich.enrich/links")
    link = answer["extra_links"]["Spark application"]
    assert link.startswith(f"http://127.0.0.1:{stack.ports['HISTORY_PORT']}/history/app-")
    wait_for("the page behind the link", lambda: fetch(Request(link))[0] == 200, 300)
    application = link.rstrip("/").rpartition("/")[2]
    wait_for("the application", lambda: "name" in stack.history(f"applications/{application}"), 300)
    assert stack.history(f"applications/{application}")["name"] == f"enrich {scheduled.day}"


@pytest.mark.slow
def test_a_backfill_ends_in_the_oracles_tables_and_doing_it_again_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    stack.unpause()
    first, last = str(BACKFILL_DAYS[0]), str(BACKFILL_DAYS[-1])
    created = ["airflow", "backfill", "create", "--dag-id", DAG_ID, "--from-date", first, "--to-date", last, "--max-active-runs", "2"]
    stack.execute("scheduler", *created)
    _, answer = stack.call("GET", f"/ui/backfills?dag_id={DAG_ID}")
    assert answer["backfills"][0]["max_active_runs"] == 2
    wait_for_backfill(stack, len(BACKFILL_DAYS))
    reports = {day: stack.report(day) for day in BACKFILL_DAYS}
    once = {day: promises_hold(stack, day, tmp_path / str(day)) for day in BACKFILL_DAYS}
    stack.execute("scheduler", *created, "--reprocess-behavior", "completed")
    wait_for_backfill(stack, len(BACKFILL_DAYS))
    assert {day: stack.report(day) for day in BACKFILL_DAYS} == reports
    twice = CopiedLake(stack, tmp_path / "twice")
    for day in BACKFILL_DAYS:
        published_once(day, twice, before=once[day])


@pytest.mark.slow
def test_a_replay_starts_exactly_the_days_whose_lines_would_pass_now(stack: Stack, tmp_path: Path) -> None:
    stack.unpause()
    stack.unpause(REPLAY)
    landing = Landing(stack.home / "landing")
    for day in REPLAYED_DAYS:
        land(landing.root, day, 1)
        landing.requests(day, "more.log", [f"of {day}, no request"])
    for run_id in [stack.trigger(day) for day in REPLAYED_DAYS]:
        stack.wait_for_run(run_id)
    gains, other = REPLAYED_DAYS
    before = stack.report(other)
    landing.corrections(gains, "requests", "a.jsonl", [fix(f"of {gains}, no request", f"{gains}T10:00:00Z u1 192.0.2.1 /corrected.html")])
    asked = {"from": str(gains), "to": str(other), "dataset": "requests"}
    stack.wait_for_run(stack.trigger_dag(REPLAY, asked), REPLAY)
    assert replays(stack) == []  # it was a dry run
    stack.wait_for_run(stack.trigger_dag(REPLAY, asked | {"dry_run": False}), REPLAY)
    (started,) = replays(stack)
    assert started.startswith(f"replay__{gains}__")
    stack.wait_for_run(started)
    promises_hold(stack, gains, tmp_path / "lake")
    assert stack.report(other) == before
    stack.wait_for_run(stack.trigger_dag(REPLAY, asked | {"dry_run": False}), REPLAY)
    assert replays(stack) == [started]  # no day gains any more


@pytest.mark.slow
def test_the_upkeep_removes_an_orphan_and_changes_no_row(stack: Stack, scheduled: ScheduledRun, tmp_path: Path) -> None:
    stack.unpause(UPKEEP)
    wait_for("the schedule's own upkeep", lambda: [run["state"] for run in stack.runs(UPKEEP).values()] == ["success"], 900)
    before = rows(CopiedLake(stack, tmp_path / "before"))
    orphan = "/data/lake/warehouse/raw/requests/data/orphan.parquet"
    stack.execute("scheduler", "touch", "-d", "4 days ago", orphan)
    for dry_run in (True, False):
        stack.execute("scheduler", "test", "-e", orphan)
        stack.wait_for_run(stack.trigger_dag(UPKEEP, {"dry_run": dry_run}), UPKEEP)
    stack.execute("scheduler", "test", "!", "-e", orphan)
    stack.execute("scheduler", "airflow", "dags", "pause", "--yes", UPKEEP)
    assert rows(promises_hold(stack, scheduled.day, tmp_path / "after")) == before


def rows(lake: CopiedLake) -> dict[str, list[str]]:
    """All of main, by table."""
    return {table: sorted(map(repr, lake.rows(table))) for table in BY_NAME}


def replays(stack: Stack) -> list[str]:
    return [run_id for run_id in stack.runs() if run_id.startswith("replay__")]


def wait_for_backfill(stack: Stack, days: int) -> None:
    def ended() -> bool:
        states = [run["state"] for run in stack.runs().values() if run["run_type"] == "backfill"]
        assert "failed" not in states, states
        return states == ["success"] * days

    wait_for("the backfill", ended, 3600)
    # Until the scheduler has looked, Airflow refuses another one.
    wait_for("the backfill to be over", lambda: not stack.sql("SELECT 1 FROM backfill WHERE completed_at IS NULL"), 300)


def executor_hosts(stack: Stack, folder: Path) -> dict[str, set[str]]:
    """By job, the hosts on which executors ended tasks, from the event logs."""
    folder.mkdir()
    stack.compose("cp", "history-server:/data/events/.", str(folder))
    hosts: dict[str, set[str]] = {}
    for name, ended in applications(folder):
        hosts.setdefault(name.split()[0], set()).update(event["Task Info"]["Host"] for event in ended)
    return hosts
