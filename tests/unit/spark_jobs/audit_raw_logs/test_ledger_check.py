"""The comparison itself, on counts made by hand."""

from spark_jobs.audit_raw_logs.ledger_check import COUNTS, Difference, differences, shown


def counts(lines: int, **others: int) -> dict[str, int]:
    return {**dict.fromkeys(COUNTS, 0), "lines": lines, **others}


def test_equal_counts_make_no_difference_and_only_what_was_counted_is_compared() -> None:
    landed = {"requests/a": counts(3, accepted=3), "profiles/p": {"lines": 4}}
    assert differences(landed, {"requests/a": counts(3, accepted=3), "profiles/p": counts(4, accepted=2, quarantined=2)}) == []
    assert differences({}, {}) == []


def test_every_count_of_every_file_matters() -> None:
    for name in COUNTS:
        ledger = counts(3, accepted=3)
        ledger[name] += 1
        assert [one.source_file for one in differences({"a": counts(3, accepted=3)}, {"a": ledger})] == ["a"], name


def test_files_of_one_side_only_are_differences() -> None:
    found = differences({"new": {"lines": 1}}, {"gone": counts(2)})
    assert found == [Difference("gone", None, counts(2)), Difference("new", {"lines": 1}, None)]


def test_twenty_differences_are_shown_and_the_others_counted() -> None:
    found = differences({f"f{n:02}": {"lines": n} for n in range(23)}, {f"f{n:02}": counts(n + 1) for n in range(23)})
    lines = shown(found).splitlines()
    assert lines[0] == "  f00: landed lines=0; ledger lines=1"
    assert len(lines) == 21 and lines[-1] == "  … and 3 more files"
    assert shown(found[:20]).splitlines() == lines[:20]
