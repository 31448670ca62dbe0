from pathlib import Path

from tools.environment.layout import Layout
from tools.environment.record import Environment, read_environment, write_environment
from tools.environment.stamps import fingerprint, read_stamp, write_stamp


def test_a_stamp_comes_back_and_leaves_no_scratch_file(tmp_path: Path) -> None:
    stamp = tmp_path / "state" / "step.stamp.json"
    assert read_stamp(stamp) == {}
    write_stamp(stamp, "key", java_home="/java")
    assert read_stamp(stamp) == {"key": "key", "java_home": "/java"}
    assert [path.name for path in stamp.parent.iterdir()] == ["step.stamp.json"]


def test_the_borders_between_inputs_count() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_the_record_comes_back_with_and_without_an_archive(layout: Layout) -> None:
    assert read_environment(layout) is None
    for archive in (Path("/archive.jsa"), None):
        write_environment(layout, Environment(Path("/java"), archive))
        assert read_environment(layout) == Environment(Path("/java"), archive)
