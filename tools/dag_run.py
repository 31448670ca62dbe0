"""Run one DAG once in this process, telling each task's start and end on a file descriptor.

tools/foreground.py starts it with its output in a log file: `python -m tools.dag_run DAG_ID PARAMS FD`, the Params as JSON.
"""

import json
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any, TextIO

from airflow.dag_processing.dagbag import DagBag
from airflow.listeners import hookimpl
from airflow.sdk import DAG
from airflow.sdk.listener import get_listener_manager

from include.callbacks import failure_text
from include.settings import PROJECT, settings
from tools.run_records import hold, record_path
from tools.services import kill_children


class Progress:
    """An Airflow listener that writes one JSON object a line: event, task, seconds, message."""

    def __init__(self, stream: TextIO, record: TextIO) -> None:
        self.stream = stream
        self.record = record
        self.started: dict[str, float] = {}
        self.messages: dict[str, str] = {}

    def tell(self, event: str, task: str, message: str = "") -> None:
        seconds = round(time.monotonic() - self.started.get(task, time.monotonic()), 1)
        print(
            json.dumps({"event": event, "task": task, "seconds": seconds, "message": message}),
            file=self.stream,
            flush=True,
        )

    def keep_message(self, context: Any) -> None:
        """A failure callback: what people are told goes out with the task's end."""
        self.messages[context["ti"].task_id] = failure_text(context)

    @hookimpl
    def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:
        if not self.record.tell():
            self.record.write(task_instance.run_id)
            self.record.flush()
        self.started[task_instance.task_id] = time.monotonic()
        self.tell("started", task_instance.task_id)

    @hookimpl
    def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
        self.tell("passed", task_instance.task_id)

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        # The failure callback comes first and only for the last try; the state here does not tell a failure without retries apart.
        message = self.messages.pop(task_instance.task_id, None)
        if message is None:
            self.tell("retries", task_instance.task_id, f"try {task_instance.try_number} failed, tries again")
        else:
            self.tell("failed", task_instance.task_id, message)


def load_dag(dag_id: str) -> DAG:
    bag = DagBag(dag_folder=str(PROJECT / "dags" / f"{dag_id}.py"))
    if dag_id not in bag.dags:
        raise SystemExit(f"{dag_id} could not be loaded: {bag.import_errors}")
    return bag.dags[dag_id]


def end_with_parent() -> None:
    """End this process and its drivers when `make run` is gone, however it ended: nobody would be told how the run goes.

    The end comes as a signal, so that it happens in the main thread: beside it, a try that loses its driver could still be given up.
    """
    parent = os.getppid()

    def end(signal_number: int, frame: FrameType | None) -> None:
        kill_children()
        os._exit(1)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGHUP)

    signal.signal(signal.SIGHUP, end)
    threading.Thread(target=watch, daemon=True).start()


def main(dag_id: str, params: str, descriptor: str) -> int:
    end_with_parent()
    dag = load_dag(dag_id)
    with os.fdopen(int(descriptor), "w") as stream, hold(settings()) as record:
        progress = Progress(stream, record)
        get_listener_manager().add_listener(progress)
        for task in dag.tasks:
            task.on_failure_callback = [*_as_list(task.on_failure_callback), progress.keep_message]
        run = dag.test(run_conf=json.loads(params))
        record_path(record).unlink()
    return 0 if run.state == "success" else 1


def _as_list(callbacks: Any) -> list[Any]:
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
