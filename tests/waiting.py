"""How tests wait. No promise is about time: a limit is there only to end a test that hangs, however slow the machine.

Those of the containers (tests/compose/stack.py) look less often, as a look costs the machine that they wait for.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HANG_SECONDS = 900
POLL_SECONDS = 0.3
LOG_CHARACTERS = 3000


def wait_for(done: Callable[[], bool], *logs: Path, of: subprocess.Popen[Any] | None = None) -> None:
    """Until `done`. Fails with the end of each log where it hangs, and at once where the process that shall do it has ended before.

    A service that does not answer, as on a loaded machine, is asked again.
    """
    deadline = time.monotonic() + HANG_SECONDS
    while not _answers(done):
        assert of is None or of.poll() is None or _answers(done), _told(f"ended with {of.returncode} before", logs)
        assert time.monotonic() < deadline, _told(f"not in {HANG_SECONDS} s", logs)
        time.sleep(POLL_SECONDS)


def _answers(done: Callable[[], bool]) -> bool:
    try:
        return done()
    except OSError:
        return False


def _told(what: str, logs: tuple[Path, ...]) -> str:
    return "\n".join([what, *(f"{log}:\n{log.read_text(errors='replace')[-LOG_CHARACTERS:]}" for log in logs)])
