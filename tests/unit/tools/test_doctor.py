from pathlib import Path

from tools.doctor import checks, report
from tools.environment.check import Check
from tools.environment.layout import Layout


def test_the_table_is_aligned_and_gives_a_remedy_only_for_a_fault() -> None:
    results = [Check("Java", True, "17.0.15", "unused"), Check("free disk", False, "1 GB", "make room")]
    assert report(results).splitlines() == [
        "Java       ok    17.0.15",
        "free disk  FAIL  1 GB",
        "                 Remedy: make room",
    ]


def test_a_clone_that_was_never_set_up_gets_a_report_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pyspark==4.1.3\npyspark-client==4.1.3\n")
    results = [check() for check in checks(Layout(tmp_path), tmp_path / "var")]
    failed = {check.name: check.remedy for check in results if not check.ok}
    assert failed == {"Python packages": "make setup", "environment": "make setup"}
