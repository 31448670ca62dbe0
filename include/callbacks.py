"""What people are told when a task fails."""

import json
import logging
import re
from typing import Any

from include.settings import make_command, settings
from include.storage import storage_path

# How a job tells a failure that it knows (spark_jobs/lake/errors.py).
JOB_ERROR = r"(DataFailed|InputMissing|TryAgain|WrongUsage): "
log = logging.getLogger(__name__)


def explain_failure(context: Any) -> None:
    """Log what failed, where to look and what to do."""
    log.error("%s", failure_text(context))


def failure_text(context: Any) -> str:
    """The failure in a few lines: for a gate each failed expectation with its table and rows, for any task the next step."""
    instance, error = context["ti"], context.get("exception")
    arguments = _arguments(context["task"])
    day = arguments.get("--day")
    lines = [f"FAILED {instance.task_id}{f' for {day}' if day else ''} in try {instance.try_number} of run {instance.run_id}"]
    lines += _failed_expectations(arguments) or [f"  {line}" for line in _own_words(str(error))]
    release = (context.get("params") or {}).get("release")
    verb = f"rollback DAY={day} RELEASE={release}" if release else f"run DAY={day}"
    again = "" if settings().in_containers or not day else f"`{make_command(settings(), verb)}`, or "
    lines.append(f"  what to do: mend the cause, where one is named; then {again}clear the task in the web UI")
    return "\n".join(lines)


def _own_words(error: str) -> list[str]:
    """The last lines of an error; from where the job itself speaks, if it does."""
    lines = error.strip().split("\n")  # by nothing else: names of files stand in it
    spoken = [number for number, line in enumerate(lines) if re.match(JOB_ERROR, line)]
    return lines[spoken[-1] :] if spoken else lines[-6:]


def _arguments(task: Any) -> dict[str, str]:
    """The rendered `--name value` arguments of a submit."""
    parts = list(getattr(task, "application_args", None) or [])
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _failed_expectations(arguments: dict[str, str]) -> list[str]:
    if "--stage" not in arguments:
        return []
    verdict = storage_path(settings().work) / "branches" / arguments.get("--branch", "") / "verdict.json"
    if not verdict.is_file():
        return []
    failed = [found for found in json.loads(verdict.read_text())["verdicts"] if not found["passed"]]
    if all(found["severity"] != "critical" for found in failed):
        return []  # the verdicts let the day pass: something else failed
    lines = [_expectation_line(found) for found in failed]
    shell = "" if settings().in_containers else f"{make_command(settings(), 'shell')}, then "
    query = f"spark.sql(\"SELECT * FROM <table> VERSION AS OF '{arguments['--branch']}'\").show()"
    return [
        *lines,
        f"  where to look: {str(verdict).removeprefix('file://')}",
        f"  staged rows: {shell}{query}",
    ]


def _expectation_line(found: dict[str, Any]) -> str:
    count = found["unexpected_rows"]
    rows = "" if count is None else f"{count} {'row' if count == 1 else 'rows'}. "
    return f"  {found['severity']}: {found['table_name']}, {found['expectation']}: {rows}{found['detail']}"
