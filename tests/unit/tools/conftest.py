"""A clone in a temporary folder whose .venv looks complete, and Javas that are shell scripts."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.environment.layout import Layout

REQUIREMENTS = "pyspark==4.1.3 \\\n    --hash=sha256:00\npyspark-client==4.1.3 \\\n    --hash=sha256:00\n"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Pinned lists, a virtual environment with pyspark and pyspark-client 4.1.3, one jar of Spark's own."""
    layout = Layout(tmp_path / "clone")
    layout.venv.mkdir(parents=True)
    for name in ("runtime", "dev", "bootstrap", "java"):
        layout.requirements(name).write_text(REQUIREMENTS)
    (layout.venv / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    layout.python.parent.mkdir()
    layout.python.write_text("")
    layout.jars.mkdir(parents=True)
    (layout.spark_home / "version.py").write_text('__version__: str = "4.1.3"\n')
    (layout.jars / "spark-core.jar").write_bytes(b"spark")
    for package in ("pyspark", "pyspark_client"):
        (layout.site_packages / f"{package}-4.1.3.dist-info").mkdir()
    record = layout.site_packages / "pyspark-4.1.3.dist-info" / "RECORD"
    record.write_text("pyspark/version.py,sha256=x,1\npyspark/jars/spark-core.jar,sha256=x,5\n")
    return layout


@pytest.fixture
def fake_java() -> Callable[[Path, str], Path]:
    """Makes a Java home whose `java` prints the version, as -XshowSettings:properties does; returns the home."""

    def make(home: Path, version: str) -> Path:
        program = home / "bin" / "java"
        program.parent.mkdir(parents=True)
        specification = version.split(".")[0]
        properties = {"java.home": home, "java.specification.version": specification, "java.version": version}
        lines = [f"echo '    {name} = {value}' >&2" for name, value in properties.items()]
        program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        program.chmod(0o755)
        return home

    return make


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of loopback at which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
