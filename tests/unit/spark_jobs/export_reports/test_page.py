"""The page: escaped, self-contained, and honest about what it knows."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from include.settings import Settings, run_command
from include.tasks import DAY_WORD
from spark_jobs.aggregate.schema import IP_USERS_DAILY, USER_DAILY, YOUNG_BY_GENDER
from spark_jobs.export_reports.build import report_files
from spark_jobs.export_reports.report import Report
from tests.unit.spark_jobs.export_reports.made_up import (
    DAY,
    at,
    empty_report,
    gates,
    late,
    quarantine,
    samples,
    small_report,
    with_mart,
    with_measures,
)

NASTY = """<script>alert(1)</script>{{ 7*7 }}{% raw %}"'><img src=x onerror=alert(1)>&amp;"""
VOID = {"meta", "link", "img", "source", "br"}


class Page(HTMLParser):
    """A page taken apart by the standard library's parser: its tags, attributes and visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " "
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def page(report: Report) -> Page:
    parsed = Page(report_files(report)["index.html"].decode())
    assert parsed.open == []  # every tag is closed
    return parsed


def nasty_report() -> Report:
    """Foreign text in every place that the page shows."""
    report = small_report()
    report = with_mart(report, USER_DAILY, [[DAY, NASTY, 5, 2, 5000, at(0), at(1), NASTY, 20, NASTY]])
    report = with_mart(report, YOUNG_BY_GENDER, [[DAY, NASTY, 2, 1, 5]])
    report = with_mart(report, IP_USERS_DAILY, [[DAY, NASTY, 3, 6, [NASTY]]])
    report = with_measures(
        report,
        quarantine=quarantine([[NASTY, NASTY, 1]]),
        samples=samples([[NASTY, NASTY, 1, NASTY, NASTY, NASTY.encode(), len(NASTY)]]),
        gates=gates([[NASTY, NASTY, NASTY, NASTY, False, 1, NASTY]]),
    )
    return replace(report, run_id=NASTY, release_id=NASTY)


def test_foreign_text_stays_text() -> None:
    parsed = page(nasty_report())
    assert "script" not in parsed.tags
    assert not [name for _, name, _ in parsed.attributes if name.startswith("on")]
    assert parsed.tags.count("img") == 4  # the charts
    # run and release; sample: dataset, reason, line, file, detail; failed check: 4 cells; the stage, its 3 cells;
    # gender; address
    assert parsed.text.count(NASTY) == 2 + 5 + 4 + 4 + 1 + 1
    assert "49" not in parsed.words.replace("alert", "")


def test_control_characters_are_made_visible() -> None:
    counts = quarantine([["requests", "CONTROL_CHARACTER", 1]])
    rows = samples([["requests", "CONTROL_CHARACTER", 1, "bidi \u202e", "a.log", b"\x00a\x1b[31m", 7]])
    parsed = page(with_measures(empty_report(), quarantine=counts, samples=rows))
    assert r"\x00a\x1b[31m" in parsed.text
    assert r"bidi \u202e" in parsed.text
    assert not [c for c in parsed.text if not c.isprintable() and c != "\n"]


@pytest.mark.parametrize("report", [empty_report(), small_report(), nasty_report()], ids=["empty", "small", "nasty"])
def test_nothing_comes_from_the_network(report: Report) -> None:
    parsed = page(report)
    links = [*parsed.values("src"), *parsed.values("srcset"), *parsed.values("href")]
    beside = set(report_files(report))
    assert [link for link in links if not link.startswith("data:") and link not in beside] == []
    assert not re.search(r"url\(|@import|//", parsed.style)
    assert {"script", "iframe", "object", "embed", "base", "form"}.isdisjoint(parsed.tags)
    assert parsed.values("style") == []


def test_only_the_page_s_own_style_is_allowed() -> None:
    parsed = page(small_report())
    [policy] = [content for content in parsed.values("content") if "default-src" in content]
    style_hash = b64encode(sha256(parsed.style.encode()).digest()).decode()
    assert policy == (f"default-src 'none'; style-src 'sha256-{style_hash}'; img-src data:; base-uri 'none'; form-action 'none'")


def test_readable_on_a_phone() -> None:
    parsed = page(small_report())
    assert "width=device-width, initial-scale=1" in parsed.values("content")
    assert parsed.tags.count("table") == parsed.values("class").count("table")  # each in a box that scrolls


def test_headline_and_no_change_without_a_day_before() -> None:
    parsed = page(small_report())
    assert "Requests 9 Named users 3 Addresses 2 Bytes sent 5.01 kB" in parsed.words
    assert "The day before has no report to compare with." in parsed.words
    assert "change" not in parsed.values("class")


def test_change_against_the_day_before_has_a_sign() -> None:
    parsed = page(replace(small_report(), before={"requests": 6, "named_users": 4, "distinct_ips": 2}))
    assert "Requests 9 +3 (+50.0%) Named users 3 -1 (-25.0%) Addresses 2 no change" in parsed.words
    assert "Changes are against the day before." in parsed.words


def test_late_days_come_with_their_command() -> None:
    lines = late([[date(2026, 10, 31), 1200], [date(2026, 10, 30), 1]])
    words = page(with_measures(small_report(), late=lines)).words
    earlier, later = (f"make run DAY={day} MILLRACE_HOME=/data/home" for day in ("2026-10-30", "2026-10-31"))
    assert f"2026-10-30: 1 line, {earlier} 2026-10-31: 1,200 lines, {later}" in words


def test_the_command_of_containers_comes_through_as_it_is_typed() -> None:
    report = with_measures(small_report(), late=late([[date(2026, 10, 31), 2]]))
    command = run_command(Settings(home=Path("/data"), in_containers=True), DAY_WORD)
    told = page(replace(report, run_command=command)).words
    typed = """docker compose exec scheduler airflow dags trigger web_activity_daily --conf '{"day": "2026-10-31"}'"""
    assert f"2026-10-31: 2 lines, {typed}" in told


def test_no_late_lines_no_notice() -> None:
    assert "make run" not in page(empty_report()).words


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        pytest.param([], "No gate of this run checked this day.", id="none"),
        pytest.param([["critical", True]] * 3, "All 3 checks passed.", id="all"),
        pytest.param([["critical", True], ["warning", False]], "1 of 2 checks passed; the others are warnings.", id="warning"),
        pytest.param([["critical", False], ["warning", False]], "0 of 2 checks passed; a critical one failed.", id="critical"),
    ],
)
def test_verdict(rows: list[tuple[str, bool]], verdict: str) -> None:
    results = [["ingest", "raw.users", f"check {i}", *row, None, ""] for i, row in enumerate(rows)]
    assert verdict in page(with_measures(empty_report(), gates=gates(results))).words


def test_gate_results_and_failed_checks() -> None:
    words = page(small_report()).words
    assert "warning few users without a name 1,200 1200 of 2000 raw.users" in words
    assert "enrich 1 of 1 passed" in words
    assert "ingest 1 of 2 passed" in words
    assert "passed no line is lost raw.requests critical" in words


def test_quarantine_has_the_most_lines_first_and_samples_in_order() -> None:
    words = page(small_report()).words
    assert 'users: BAD_VALUE 3 {"user_id":"u9","age":151} users/a.json: age is 151 requests: MALFORMED 2' in words
    assert "requests/dt=2026-11-01/a.log: blank a b c requests/dt=2026-11-01/b.log: 3 tokens" in words


def test_long_lists_say_what_they_leave_out() -> None:
    addresses = [[DAY, f"192.0.2.{i}", 3 + i, 6, []] for i in range(12)]
    words = page(with_mart(small_report(), IP_USERS_DAILY, addresses)).words
    assert "192.0.2.11 14 6 192.0.2.10 13 6" in words  # most users first
    assert "The first 10 of 12; all are in ip_users_daily.csv." in words


def test_every_file_of_the_report_is_there() -> None:
    assert set(report_files(small_report())) == {
        "index.html",
        "summary.json",
        "requests_by_half_hour.png",
        "top_users.png",
        "file_types.png",
        "cluster_sizes.png",
        "user_daily.csv",
        "young_by_gender.csv",
        "ip_users_daily.csv",
        "file_types_daily.csv",
        "top_users_by_window.csv",
        "identities.csv",
    }


def test_same_report_same_files() -> None:
    assert report_files(small_report()) == report_files(small_report())
