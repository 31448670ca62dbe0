"""Which runs of `make run` are alive: a locked file for each, which names the run.

Such a run lives in one process and not in Airflow's services, so nobody else would notice its end: it would stay `running` and keep its
slot of the pool.
"""

import fcntl
import os
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from include.settings import Settings


def folder(settings: Settings) -> Path:
    return settings.home / "airflow/running"


def hold(settings: Settings) -> TextIO:
    """The record of this process's run, locked until the process ends; write the run's id into it."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    record = (folder(settings) / f"{uuid4().hex}.part").open("w")
    fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.rename(record.name, record_path(record))  # seen by others only now that it is locked
    return record


def record_path(record: TextIO) -> Path:
    return Path(record.name).with_suffix(".run")


def abandoned(settings: Settings) -> list[Path]:
    """The records whose process has ended without removing them."""
    return [path for path in sorted(folder(settings).glob("*.run")) if not _is_held(path)]


def alive(settings: Settings) -> list[Path]:
    """The records whose process is at work."""
    return [path for path in sorted(folder(settings).glob("*.run")) if _is_held(path)]


def _is_held(path: Path) -> bool:
    with path.open() as record:
        try:
            fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
