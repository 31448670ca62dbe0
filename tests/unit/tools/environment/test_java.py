from collections.abc import Callable
from pathlib import Path

import pytest

from tools.environment.java import check_java, find_java, java_fingerprint, what_is_asked_for

FakeJava = Callable[[Path, str], Path]


def test_java_home_wins_over_path_and_folders(tmp_path: Path, fake_java: FakeJava) -> None:
    home = fake_java(tmp_path / "home", "21.0.8")
    on_path = fake_java(tmp_path / "on_path", "17.0.15")
    fake_java(tmp_path / "jvm" / "java-17", "17.0.15")
    found = find_java(str(home), str(on_path / "bin"), (str(tmp_path / "jvm" / "*"),)).found
    assert found is not None and (found.home, found.version) == (home, "21.0.8")


def test_an_unsuitable_java_home_is_named_and_path_is_taken(tmp_path: Path, fake_java: FakeJava) -> None:
    home = fake_java(tmp_path / "home", "25.0.1")
    on_path = fake_java(tmp_path / "on_path", "17.0.15")
    search = find_java(str(home), str(on_path / "bin"), ())
    assert search.found is not None and search.found.home == on_path
    assert search.rejected == (f"JAVA_HOME ({home}) is Java 25.0.1",)


def test_the_folders_come_last_in_order_of_their_names(tmp_path: Path, fake_java: FakeJava) -> None:
    fake_java(tmp_path / "java-11", "11.0.2")
    wanted = fake_java(tmp_path / "java-17", "17.0.15")
    fake_java(tmp_path / "java-21", "21.0.8")
    (tmp_path / "no-java-in-here").mkdir()
    found = find_java(None, None, (str(tmp_path / "*"),)).found
    assert found is not None and found.home == wanted


@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.2", "16.0.1", "18.0.2", "22.0.1", "25.0.1"])
def test_only_17_and_21_are_suitable(tmp_path: Path, fake_java: FakeJava, version: str) -> None:
    home = fake_java(tmp_path / "home", version)
    assert find_java(str(home), None, ()).found is None
    check = check_java(home)
    assert not check.ok and version in check.found and "17 or 21" in check.remedy


def test_a_java_that_does_not_start_is_rejected_by_name(tmp_path: Path) -> None:
    search = find_java(str(tmp_path / "absent"), None, ())
    assert search.found is None
    assert search.rejected == (f"JAVA_HOME ({tmp_path / 'absent'}) does not start for Spark",)


def test_a_java_without_the_module_that_spark_asks_for_is_rejected(tmp_path: Path, fake_java: FakeJava) -> None:
    home = fake_java(tmp_path / "home", "21.0.8")
    program = home / "bin" / "java"
    refuse = 'case "$*" in *jdk.incubator.vector*) echo "Module jdk.incubator.vector not found" >&2; exit 1;; esac\n'
    program.write_text(program.read_text().replace("#!/bin/sh\n", "#!/bin/sh\n" + refuse))
    assert find_java(str(home), None, ()).found is None


def test_the_fingerprint_changes_with_an_update_of_java(tmp_path: Path, fake_java: FakeJava) -> None:
    home = fake_java(tmp_path / "home", "17.0.15")
    (home / "release").write_text("17.0.15")
    before = java_fingerprint(home)
    assert java_fingerprint(home) == before
    (home / "release").write_text("17.0.16+")
    assert java_fingerprint(home) != before


def test_what_is_asked_for_changes_with_java_home_and_with_the_java_on_path(tmp_path: Path, fake_java: FakeJava) -> None:
    on_path = fake_java(tmp_path / "on_path", "17.0.15") / "bin"
    asked = {what_is_asked_for(None, None), what_is_asked_for("/java", None), what_is_asked_for(None, str(on_path))}
    assert len(asked) == 3
