from pathlib import Path

import pytest

from tools.environment.check import SetUpError
from tools.environment.command import java_option, run, spark_environment
from tools.environment.layout import Layout


def test_a_failed_command_shows_its_last_lines_and_the_remedy() -> None:
    with pytest.raises(SetUpError) as error:
        run(["sh", "-c", "echo out; echo err >&2; exit 3"], "The step", "do this")
    assert str(error.value).splitlines() == [
        "The step failed (exit code 3):",
        "    out",
        "    err",
        "  Remedy: do this",
    ]


def test_another_spark_on_the_machine_does_not_leak_in(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_HOME", "/opt/spark-3")
    monkeypatch.setenv("SPARK_CONF_DIR", "/opt/spark-3/conf")
    monkeypatch.setenv("PYTHONPATH", "/opt/spark-3/python")
    environment = spark_environment(layout, Path("/java"))
    assert environment["SPARK_HOME"] == str(layout.spark_home) and environment["JAVA_HOME"] == "/java"
    assert environment["PATH"].startswith(str(layout.venv / "bin"))
    assert "SPARK_CONF_DIR" not in environment and "PYTHONPATH" not in environment


def test_a_java_option_is_quoted_for_spark() -> None:
    assert java_option("-Dname=two words") == '"-Dname=two words"'
    assert java_option('-Dname=a"b\\c') == '"-Dname=a\\"b\\\\c"'
