from pathlib import Path

from tools.environment.layout import Layout
from tools.environment.machine import check_free_disk, check_leftovers, check_sqlite_wal


def test_too_little_disk_is_found_for_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    assert check_free_disk(folder, needed_bytes=0).ok
    check = check_free_disk(folder, needed_bytes=10**18)
    assert not check.ok and "GB needed" in check.found


def test_write_ahead_log_works_on_a_local_disk_and_leaves_nothing(tmp_path: Path) -> None:
    assert check_sqlite_wal(tmp_path).ok
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_killed_set_up_are_named(layout: Layout) -> None:
    layout.state.mkdir()
    assert check_leftovers(layout).ok
    (layout.state / "ivy.part").mkdir()
    check = check_leftovers(layout)
    assert not check.ok and check.found == "ivy.part"
