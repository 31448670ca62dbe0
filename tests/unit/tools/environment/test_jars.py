import hashlib
import os
from pathlib import Path

import pytest

from tools.environment import jars
from tools.environment.check import SetUpError
from tools.environment.jar_list import Jar, JarList, read_jar_list
from tools.environment.layout import Layout

CONTENT = b"the driver"
DRIVER = Jar("org.example:driver:1.0", hashlib.sha256(CONTENT).hexdigest())
WANTED = JarList(Path("jars.toml"), (DRIVER,), ())


@pytest.fixture
def with_list(layout: Layout) -> Layout:
    layout.jar_list.parent.mkdir()
    layout.jar_list.write_text(f'exclude = []\n[jars]\n"{DRIVER.coordinate}" = "{DRIVER.sha256}"\n')
    return layout


def serve(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Stands in for Ivy and the network: brings the driver with these bytes."""

    def fetch(layout: Layout, java_home: Path, wanted: JarList, scratch: Path) -> None:
        (scratch / "jars").mkdir(parents=True)
        (scratch / "jars" / DRIVER.ivy_file_name).write_bytes(content)

    monkeypatch.setattr(jars, "fetch", fetch)


def test_the_names_of_a_jar() -> None:
    assert DRIVER.file_name == "driver-1.0.jar"
    assert DRIVER.ivy_file_name == "org.example_driver-1.0.jar"


def test_the_projects_own_list_is_complete() -> None:
    listed = read_jar_list(Path(__file__).parents[4] / "tools" / "jars.toml").jars
    assert {jar.coordinate.split(":")[1] for jar in listed} >= {"iceberg-spark-runtime-4.1_2.13", "sqlite-jdbc"}
    assert all(len(jar.sha256) == 64 for jar in listed)


def test_a_missing_jar_is_fetched_verified_and_installed(with_list: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, CONTENT)
    assert not jars.check_jars(with_list).ok and not jars.jars_are_current(with_list)
    jars.install_jars(with_list, Path("/java"))
    assert (with_list.jars / DRIVER.file_name).read_bytes() == CONTENT
    assert jars.check_jars(with_list).ok and jars.jars_are_current(with_list)


def test_a_wrong_hash_is_named_and_nothing_is_installed(with_list: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, b"another file")
    with pytest.raises(SetUpError, match=r"driver:1\.0 has SHA-256 .* nothing was installed"):
        jars.install_jars(with_list, Path("/java"))
    assert [path.name for path in with_list.jars.iterdir()] == ["spark-core.jar"]
    assert not jars.jars_are_current(with_list)


def test_a_damaged_jar_is_found_and_replaced(with_list: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    (with_list.jars / DRIVER.file_name).write_bytes(CONTENT[:4])
    check = jars.check_jars(with_list)
    assert not check.ok and DRIVER.file_name in check.found
    serve(monkeypatch, CONTENT)
    jars.install_jars(with_list, Path("/java"))
    assert jars.check_jars(with_list).ok


def test_a_foreign_jar_is_found_and_removed(with_list: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    (with_list.jars / DRIVER.file_name).write_bytes(CONTENT)
    (with_list.jars / "driver-0.9.jar").write_bytes(b"the version before")
    check = jars.check_jars(with_list)
    assert not check.ok and "driver-0.9.jar" in check.found
    jars.install_jars(with_list, Path("/java"))
    assert sorted(path.name for path in with_list.jars.iterdir()) == ["driver-1.0.jar", "spark-core.jar"]


def test_a_dependency_that_is_not_listed_is_named(tmp_path: Path) -> None:
    (tmp_path / DRIVER.ivy_file_name).write_bytes(CONTENT)
    (tmp_path / "org.slf4j_slf4j-api-2.0.jar").write_bytes(b"")
    with pytest.raises(SetUpError, match=r"slf4j-api-2\.0\.jar"):
        jars.verify_fetched(tmp_path, WANTED)


def test_a_jar_that_did_not_arrive_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match=r"driver:1\.0 has SHA-256 no file"):
        jars.verify_fetched(tmp_path, WANTED)


def test_a_touched_jar_is_verified_anew(with_list: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, CONTENT)
    jars.install_jars(with_list, Path("/java"))
    os.utime(with_list.jars / "spark-core.jar", (1, 1))
    assert not jars.jars_are_current(with_list)


def test_slf4j_leaves_the_wildcard_but_keeps_the_prefix_that_the_launcher_looks_for(tmp_path: Path) -> None:
    (tmp_path / "slf4j-api-2.0.17.jar").write_bytes(b"")
    jars.list_slf4j_once(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["slf4j-api-2.0.17.zip"]
