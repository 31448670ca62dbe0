from pathlib import Path

import pytest

from tools.environment.check import SetUpError, require
from tools.environment.layout import Layout
from tools.environment.spark_versions import check_installed, check_pins


def test_one_version_everywhere_is_ok(layout: Layout) -> None:
    assert check_installed(layout).ok
    assert check_pins(layout.requirements("runtime")).ok


def test_another_pyspark_client_is_named_and_stops_the_set_up(layout: Layout) -> None:
    metadata = layout.site_packages / "pyspark_client-4.1.3.dist-info"
    metadata.rename(layout.site_packages / "pyspark_client-4.1.1.dist-info")
    check = check_installed(layout)
    assert not check.ok and "pyspark-client 4.1.1" in check.found and "make clean" in check.remedy
    with pytest.raises(SetUpError, match=r"4\.1\.1"):
        require(check)


def test_files_of_another_version_under_right_metadata_are_found(layout: Layout) -> None:
    (layout.spark_home / "version.py").write_text('__version__: str = "4.1.1"\n')
    check = check_installed(layout)
    assert not check.ok and "files on disk 4.1.1" in check.found


def test_a_missing_pyspark_client_is_found(layout: Layout) -> None:
    (layout.site_packages / "pyspark_client-4.1.3.dist-info").rmdir()
    assert not check_installed(layout).ok


@pytest.mark.parametrize("pins", ["pyspark==4.1.3\npyspark-client==4.1.1\n", "pyspark==4.1.3\n"])
def test_pins_that_differ_or_lack_one_are_found(tmp_path: Path, pins: str) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(pins)
    check = check_pins(requirements)
    assert not check.ok and "make lock" in check.remedy
