"""Spark's properties files, and the one that a submit needs."""

from pathlib import Path

import pytest

from include.settings import PROJECT
from tools.properties import read_properties, require_lake
from tools.spark_command import settings_for_submit


def test_a_properties_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "spark.conf"
    path.write_text("# a comment\n\nspark.a   1 2\nspark.b=x=y\n  spark.c =  z \nspark.d\n! one more\nspark.e:f\n")
    assert read_properties(path) == {"spark.a": "1 2", "spark.b": "x=y", "spark.c": "z", "spark.d": "", "spark.e": "f"}


def test_the_projects_own_has_the_lake() -> None:
    require_lake(PROJECT / "include/spark/millrace.conf")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("spark.ui.enabled true\n", "does not set spark.sql.catalog.lake and spark.sql.extensions"),
        ("spark.sql.catalog.lake org.apache.iceberg.spark.SparkCatalog\n", "does not set spark.sql.extensions"),
        (None, "No such file"),
    ],
)
def test_one_without_the_lake_is_refused(
    text: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.conf"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    monkeypatch.setenv("MILLRACE_PROPERTIES_FILE", str(path))
    with pytest.raises(SystemExit) as ended:
        settings_for_submit()
    said = capsys.readouterr().err
    assert ended.value.code == 64 and said.startswith(f"MILLRACE_PROPERTIES_FILE={path}: ")
    assert told in said and "begin with a copy of" in said
