import fcntl
import subprocess
from pathlib import Path

import pytest

from tools.environment.lock import exclusive


def is_locked(lock_file: Path) -> bool:
    with lock_file.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_the_lock_is_held_inside_and_free_after_an_error(tmp_path: Path) -> None:
    lock_file = tmp_path / "made" / "setup.lock"
    with pytest.raises(ZeroDivisionError), exclusive(lock_file):
        assert is_locked(lock_file)
        raise ZeroDivisionError
    assert not is_locked(lock_file)


def test_a_process_that_a_dead_set_up_left_running_still_holds_the_lock(tmp_path: Path) -> None:
    lock_file = tmp_path / "setup.lock"
    with exclusive(lock_file):
        left_running = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
    assert is_locked(lock_file)
    left_running.communicate()
    assert not is_locked(lock_file)
