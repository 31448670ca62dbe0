"""Jars of the tests are fetched when one is missing or damaged, and else not."""

import hashlib
from pathlib import Path

import pytest

from tests import fetched_jars
from tests.fetched_jars import fetched
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
    monkeypatch.setattr(fetched_jars, "fetch", fetch)
    return left


def test_a_missing_and_a_damaged_jar_are_fetched_once(fetches: list[bytes], tmp_path: Path) -> None:
    listed, folder = tmp_path / "jars.toml", tmp_path / "build/broker-jars"
    jar = folder / "broker-1.0.jar"
    fetches[:] = [CONTENT]
    for _ in range(2):
        assert fetched(listed, folder, Path("/java")) == [jar]
        assert jar.read_bytes() == CONTENT and not fetches
    jar.write_bytes(CONTENT[:4])
    fetches[:] = [CONTENT]
    fetched(listed, folder, Path("/java"))
    assert jar.read_bytes() == CONTENT and not fetches


def test_other_bytes_than_the_pinned_ones_are_refused(fetches: list[bytes], tmp_path: Path) -> None:
    fetches[:] = [b"another file"]
    with pytest.raises(SetUpError, match=r"broker:1\.0 has SHA-256"):
        fetched(tmp_path / "jars.toml", tmp_path / "jars", Path("/java"))
    assert not (tmp_path / "jars").exists()
