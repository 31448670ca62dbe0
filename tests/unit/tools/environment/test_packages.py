from pathlib import Path

import pytest

from tools.environment import packages
from tools.environment.check import SetUpError, require
from tools.environment.layout import Layout
from tools.environment.lock import exclusive


class Installer:
    """Stands in for venv, pip and uv, which take minutes; notes what would have been installed."""

    def __init__(self, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        self.layout = layout
        self.done: list[str] = []
        self.fails = False
        monkeypatch.setattr(packages, "run", self.run)
        monkeypatch.setattr(packages, "uv_install", self.uv_install)

    def run(self, command: list[object], what: str, remedy: str) -> str:
        self.done.append(what)
        self.layout.python.parent.mkdir(exist_ok=True)
        self.layout.python.write_text("")
        return ""

    def uv_install(self, layout: Layout, requirements: str, *options: object) -> None:
        if self.fails:
            raise SetUpError("killed", "again")
        self.done.append(requirements)


@pytest.fixture
def installer(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Installer:
    return Installer(layout, monkeypatch)


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0), (2, 7, 18)])
def test_a_wrong_python_is_named_with_its_remedy(version: tuple[int, int, int]) -> None:
    with pytest.raises(SetUpError, match=r"Python: .*\n  Remedy: install Python 3.11, 3.12 or 3.13"):
        require(packages.check_python(version))


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_the_supported_pythons(version: tuple[int, int, int]) -> None:
    assert packages.check_python(version).ok


def test_an_environment_without_a_stamp_is_rebuilt_from_nothing(layout: Layout, installer: Installer) -> None:
    half_made = layout.site_packages / "half_made.py"
    half_made.write_text("")
    assert not packages.check_packages(layout).ok
    with exclusive(layout.lock_file):
        packages.install(layout, "runtime")
    assert not half_made.exists() and layout.lock_file.exists()
    assert installer.done == ["Making .venv", "Installing uv", "runtime"]
    assert packages.is_current(layout, "runtime") and not packages.is_current(layout, "dev")


def test_dev_is_added_to_a_complete_runtime_and_serves_both(layout: Layout, installer: Installer) -> None:
    packages.install(layout, "runtime")
    installer.done.clear()
    packages.install(layout, "dev")
    assert installer.done == ["dev"]
    assert packages.is_current(layout, "runtime") and packages.is_current(layout, "dev")


def test_an_installation_that_dies_on_top_of_a_complete_one_leaves_no_stamp(layout: Layout, installer: Installer) -> None:
    packages.install(layout, "runtime")
    installer.fails = True
    with pytest.raises(SetUpError):
        packages.install(layout, "dev")
    assert not packages.is_current(layout, "runtime") and not packages.check_packages(layout).ok


@pytest.mark.parametrize("changed", ["runtime", "bootstrap"])
def test_changed_pins_are_found(layout: Layout, installer: Installer, changed: str) -> None:
    packages.install(layout, "runtime")
    layout.requirements(changed).write_text("pyspark==4.1.4\n")
    check = packages.check_packages(layout)
    assert not check.ok and "pins have changed" in check.found


def test_a_moved_clone_is_rebuilt(layout: Layout, installer: Installer, tmp_path: Path) -> None:
    packages.install(layout, "runtime")
    moved = Layout(tmp_path / "moved")
    layout.repository.rename(moved.repository)
    assert not packages.is_current(moved, "runtime")


def test_a_vanished_python_is_found(layout: Layout, installer: Installer) -> None:
    packages.install(layout, "runtime")
    layout.python.unlink()
    layout.python.symlink_to("/nowhere/python3.11")
    assert not packages.is_current(layout, "runtime") and not packages.check_packages(layout).ok


def test_dev_pins_hold_every_runtime_pin() -> None:
    """One environment serves a run and the tests, so both lists must agree on every version."""
    repository = Layout(Path(__file__).parents[4])
    runtime, dev = (
        {line.split(" ")[0] for line in repository.requirements(name).read_text().splitlines() if "==" in line}
        for name in ("runtime", "dev")
    )
    assert runtime <= dev
