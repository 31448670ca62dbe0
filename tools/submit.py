"""A task of a DAG as the spark-submit command that Airflow would run for it."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from include.operators import JobOperator
from include.settings import settings


class _Instance:
    """Stands for the task instance in templates: the branches that earlier stages returned."""

    def __init__(self, branches: Mapping[str, str]) -> None:
        self.branches = branches

    def xcom_pull(self, task_ids: str) -> str:
        return self.branches[task_ids]


def submit_command(task: JobOperator, day: str, run_id: str, branches: Mapping[str, str]) -> list[str]:
    """The command of a task for a day; `branches`: by task id, what each stage's try returned."""
    context: dict[str, Any] = {
        "resolve_day": lambda params, start: day,
        "params": {},
        "data_interval_start": None,
        "run_id": run_id,
        "ti": _Instance(branches),
    }
    templates = Environment(undefined=StrictUndefined, autoescape=False)

    def render(text: str) -> str:
        return templates.from_string(str(text)).render(context)

    chosen = settings()
    conf = [part for name, value in task.properties_of(day).items() for part in ("--conf", f"{name}={value}")]
    files = ["--properties-file", str(task.properties_file), "--name", render(task.name)]
    words = [render(word) for word in task.application_args or []]
    return ["spark-submit", "--master", chosen.master, *conf, *files, "--driver-memory", chosen.driver_memory, task.application, *words]
