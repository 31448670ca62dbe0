import subprocess
from pathlib import Path

import pytest

from tools.environment import java_wheel
from tools.environment.check import SetUpError
from tools.environment.java_wheel import RUNTIME, TRUST_STORE, install_java_wheel, make_java_home
from tools.environment.layout import Layout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a wheel whose `java` writes its arguments into a file beside it."""
    home = tmp_path / "it's a home"
    program = home / RUNTIME / "bin" / "java"
    program.parent.mkdir(parents=True)
    (home / RUNTIME / "lib").mkdir()
    program.write_text('#!/bin/sh\nprintf \'%s|\' "$@" > "$0.arguments"\n')
    program.chmod(0o755)
    return home


def arguments_of(home: Path, *arguments: str) -> str:
    subprocess.run([home / "bin" / "java", *arguments], check=True)
    return (home / RUNTIME / "bin" / "java.arguments").read_text()


def test_the_shim_drops_the_module_option_and_keeps_all_other_arguments(home: Path) -> None:
    make_java_home(home, home, [])
    passed = arguments_of(home, "-Xmx1g", "--add-modules=jdk.incubator.vector", "-Dname=two words", "", "$HOME")
    assert passed == "-Xmx1g|-Dname=two words||$HOME|"
    assert (home / "lib").resolve() == home / RUNTIME / "lib"


def test_the_shim_trusts_the_certificates_of_the_machine(home: Path) -> None:
    make_java_home(home, home, [b"certificate"])
    assert f"-Djavax.net.ssl.trustStore={home / TRUST_STORE}|" in arguments_of(home, "-version")
    assert (home / TRUST_STORE).exists()


def test_a_wheel_that_cannot_be_had_names_the_javas_that_were_found(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(layout: Layout, requirements: str, *options: object) -> None:
        raise SetUpError("Installing requirements-java.txt failed", "check the index")

    monkeypatch.setattr(java_wheel, "uv_install", fail)
    with pytest.raises(SetUpError, match=r"JAVA_HOME \(/j\) is Java 25.*\n(.*\n)*  Remedy: install Java 17 or 21"):
        install_java_wheel(layout, ("JAVA_HOME (/j) is Java 25",))
