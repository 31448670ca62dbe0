"""The broker's jars are fetched when one is missing or damaged, and else not."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.kafka import jars
from tools.environment.check import SetUpError
from tools.environment.jar_list import JarList
from tools.environment.layout import Layout

CONTENT = b"the broker"


@pytest.fixture
def fetches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What Ivy brings, call by call: the last one is brought next."""
    left: list[bytes] = []

    def fetch(layout: Layout, java_home: Path, wanted: JarList, scratch: Path) -> None:
        (scratch / "jars").mkdir(parents=True)
        (scratch / "jars" / wanted.jars[0].ivy_file_name).write_bytes(left.pop())

    listed = tmp_path / "jars.toml"
    listed.write_text(f'exclude = []\n[jars]\n"org.example:broker:1.0" = "{hashlib.sha256(CONTENT).hexdigest()}"\n')
    monkeypatch.setattr(jars, "JAR_LIST", listed)
    monkeypatch.setattr(jars, "FOLDER", tmp_path / "build/kafka-jars")
    monkeypatch.setattr(jars, "fetch", fetch)
    return left


def test_a_missing_and_a_damaged_jar_are_fetched_once(fetches: list[bytes]) -> None:
    jar = jars.FOLDER / "broker-1.0.jar"
    fetches[:] = [CONTENT]
    for _ in range(2):
        assert jars.class_path(Path("/java")).split(os.pathsep)[0] == str(jar)
        assert jar.read_bytes() == CONTENT and not fetches
    jar.write_bytes(CONTENT[:4])
    fetches[:] = [CONTENT]
    jars.class_path(Path("/java"))
    assert jar.read_bytes() == CONTENT and not fetches


def test_other_bytes_than_the_pinned_ones_are_refused(fetches: list[bytes]) -> None:
    fetches[:] = [b"another file"]
    with pytest.raises(SetUpError, match=r"broker:1\.0 has SHA-256"):
        jars.class_path(Path("/java"))
    assert not jars.FOLDER.exists()
