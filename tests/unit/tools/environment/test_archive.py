import os
from pathlib import Path

import pytest

from tools.environment import archive
from tools.environment.layout import Layout

JAVA_HOME = Path("/no/java/is/needed")


@pytest.fixture
def dumped(layout: Layout) -> Path:
    path = archive.archive_path(layout, JAVA_HOME)
    path.parent.mkdir()
    path.write_bytes(b"classes")
    return path


def test_no_archive_is_found(layout: Layout) -> None:
    check = archive.check_archive(layout, JAVA_HOME, None)
    assert not check.ok and check.remedy == "make setup"


def test_a_touched_jar_makes_the_archive_stale(layout: Layout, dumped: Path) -> None:
    os.utime(layout.jars / "spark-core.jar", (1, 1))
    check = archive.check_archive(layout, JAVA_HOME, dumped)
    assert not check.ok and "stale" in check.found


def test_an_added_jar_and_another_java_make_another_archive(layout: Layout, dumped: Path) -> None:
    other_java = layout.repository / "java"
    (other_java / "bin").mkdir(parents=True)
    assert archive.archive_path(layout, other_java) != dumped
    (layout.jars / "added.jar").write_bytes(b"")
    assert archive.archive_path(layout, JAVA_HOME) != dumped


@pytest.mark.parametrize(("accepted", "found"), [(True, "in use"), (False, "refused")])
def test_a_submit_decides_whether_the_archive_is_in_use(
    layout: Layout, dumped: Path, monkeypatch: pytest.MonkeyPatch, accepted: bool, found: str
) -> None:
    monkeypatch.setattr(archive, "archive_is_used", lambda *_: accepted)
    check = archive.check_archive(layout, JAVA_HOME, dumped)
    assert check.ok == accepted and found in check.found


@pytest.mark.parametrize("folder", ["two words", "Jürgen", "100%"])
def test_a_path_that_urls_escape_is_named(layout: Layout, folder: str) -> None:
    assert archive.obstacle(layout) is None
    moved = Layout(layout.repository.parent / folder)
    layout.repository.rename(moved.repository)
    check = archive.check_archive(moved, JAVA_HOME, None)
    assert not check.ok and folder in check.found and "move the clone" in check.remedy


def test_what_a_killed_dump_left_is_removed(layout: Layout, dumped: Path) -> None:
    (layout.state / "archive.part").mkdir()
    archive.remove_archives(layout)
    assert list(layout.state.iterdir()) == []
