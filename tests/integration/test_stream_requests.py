"""The stream over the landing folder: every line once, whatever is run twice, and the totals of an oracle."""

import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.lake.errors import DataFailed, InputMissing
from spark_jobs.stream_requests import schema
from tests.landing import Landing
from tests.live import DAY, Live, line
from tests.oracle import oracle
from tests.unit.spark_jobs.ingest.test_lines_against_the_oracle import REQUESTS

AFTER = DAY + timedelta(days=1)


def count(lines: list[str]) -> dict[tuple[date, str], int]:
    """An oracle for lines of `line`."""
    words = [text.split(" ") for text in lines]
    return dict(Counter((date.fromisoformat(moment[:10]), user) for moment, user, *_ in words if user != "-"))


def test_each_run_takes_in_what_has_landed_since_and_a_run_without_news_changes_nothing(live: Live) -> None:
    first = [line(n * 7, f"u{n % 13}") for n in range(500)]
    live.landing.requests(DAY, "a b+c%20é.log", first)
    live.stream()
    assert live.totals() == count(first)
    second = [line(n * 11, f"u{n % 17}") for n in range(300)] + [line(5, "-")]
    late = [line(n * 13, f"late{n % 3}") for n in range(50)]
    live.landing.requests(DAY, "b.log", second, gz=True)
    live.landing.requests(AFTER, "c.log", [*late, line(60, "u1", AFTER)])
    for _ in range(2):
        live.stream()
        assert live.totals() == count([*first, *second, *late, line(60, "u1", AFTER)])
    assert len(live.rows(schema.REQUESTS)) == 500 + 301 + 51
    landing_days = {(row.landing_day, row.user_id) for row in live.rows(schema.USER_TOTALS) if row.user_id.startswith("late")}
    assert landing_days == {(AFTER, "late0"), (AFTER, "late1"), (AFTER, "late2")}


def test_lines_are_judged_as_the_daily_chain_judges_them(live: Live) -> None:
    live.landing.requests(DAY, "hostile.log", b"\xef\xbb\xbf" + b"\n".join(REQUESTS))
    live.landing.blocklist(["/p3.", "robot"])
    live.landing.requests(DAY, "plain.log", [line(n, f"u{n}") for n in range(40)])
    live.landing.complete(DAY)
    live.stream()
    wanted = oracle.compute(live.landing.root, DAY)
    accepted = live.spark.table(schema.REQUESTS.identifier)
    of_day = [row.asDict() for row in accepted.where(f"event_day = DATE'{DAY}'").collect()]
    blocked = [row for row in wanted.requests.to_pylist() if "/p3." in row["action"] or "robot" in (row["user_agent"] or "")]
    assert len(blocked) > 3
    compared = ("user_id", "ip", "action", "method", "status", "bytes", "referer", "user_agent", "source_file")
    assert Counter(tuple(row[name] for name in compared) for row in of_day) == Counter(
        tuple(row[name] for name in compared) for row in wanted.requests.to_pylist()
    ) - Counter(tuple(row[name] for name in compared) for row in blocked)
    bad = Counter((row.reason, bytes(row.line)) for row in live.rows(schema.QUARANTINE))
    assert bad == Counter((str(row.reason), row.line) for row in wanted.quarantine if row.dataset == "requests")
    for row in live.rows(schema.LEDGER):
        assert row.lines == row.accepted + row.quarantined + row.duplicates


def test_windows_are_the_sliding_counts_of_all_requests(live: Live) -> None:
    lines = [line(n * n % 4000, "-" if n % 5 == 0 else f"u{n % 7}") for n in range(400)]
    live.landing.requests(DAY, "a.log", lines[:250])
    live.stream()
    live.landing.requests(DAY, "b.log", lines[250:])
    live.stream()
    wanted: Counter[datetime] = Counter()
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    for n in range(400):
        slot = n * n % 4000 // 30 * 30
        for start in range(slot - 270, slot + 1, 30):
            wanted[midnight + timedelta(seconds=start)] += 1
    found = {row.window_start.astimezone(UTC): row for row in live.rows(schema.REQUEST_WINDOWS)}
    assert {start: row.requests for start, row in found.items()} == wanted
    assert {row.window_end - row.window_start for row in found.values()} == {timedelta(minutes=5)}
    assert all(row.event_day == start.date() for start, row in found.items())


def test_a_file_that_unpacks_to_too_much_is_not_read_and_one_that_was_read_is_not_looked_at_again(live: Live) -> None:
    live.landing.requests(DAY, "large.log", b"".join(line(0, "u").encode() + b"\n" for _ in range(40_000)), gz=True)
    live.stream()
    live.stream(max_file_bytes=2**20)
    live.landing.requests(DAY, "bomb.log", b"x" * (2**21), gz=True)
    with pytest.raises(DataFailed, match=r"bomb\.log\.gz: "):
        live.stream(max_file_bytes=2**20)
    assert live.totals() == {(DAY, "u"): 40_000}


def test_a_file_delivered_again_counts_once_near_its_day_and_again_far_from_it(live: Live) -> None:
    lines = [line(n, f"u{n % 3}") for n in range(30)]
    live.landing.requests(DAY, "a.log", lines)
    live.landing.requests(DAY, "same batch.log", lines)
    live.stream()
    live.landing.requests(AFTER, "next day.log", lines)
    live.landing.requests(DAY, "empty.log", b"")
    live.stream()
    assert live.totals() == count(lines)
    ledger = {row.source_file.rpartition("/")[2]: (row.accepted, row.duplicates) for row in live.rows(schema.LEDGER)}
    assert ledger == {"a.log": (30, 0), "same batch.log": (0, 30), "next day.log": (0, 30)}
    live.landing.requests(DAY + timedelta(days=9), "far.log", lines)
    live.stream()
    far = [row for row in live.rows(schema.LEDGER) if row.source_file.endswith("far.log")]
    assert [(row.accepted, row.quarantined, row.duplicates) for row in far] == [(0, 30, 0)]  # OUT_OF_WINDOW, as in the daily chain


def test_an_unreadable_file_is_named_and_its_batch_waits_for_a_whole_one(live: Live) -> None:
    lines = [line(n, f"u{n % 3}") for n in range(3000)]
    path = live.landing.requests(DAY, "cut.log", lines, gz=True)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFailed, match=r"cut\.log\.gz cannot be read to its end"):
        live.stream()
    assert live.rows(schema.REQUESTS) == []
    path.write_bytes(whole)
    live.stream()
    assert live.totals() == count(lines)


def test_what_comes_later_than_the_watermark_is_dropped_and_told(live: Live, capfd: pytest.CaptureFixture[str]) -> None:
    live.landing.requests(DAY, "a.log", [line(n, "u1") for n in (7200, 7000, 7100)])
    live.stream(watermark_seconds=600)
    # Out of order by less than ten minutes: counted. By two hours: the windows that it belongs to are closed.
    live.landing.requests(DAY, "b.log", [line(6900, "u1"), line(30, "u1")])
    live.stream(watermark_seconds=600)
    windows = {row.window_start.astimezone(UTC): row.requests for row in live.rows(schema.REQUEST_WINDOWS)}
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert windows[midnight + timedelta(seconds=6870)] == 3
    assert midnight + timedelta(seconds=30) not in windows
    assert "dropped as too late" in capfd.readouterr().out
    # A day's total is open until ten minutes after the day.
    assert live.totals() == {(DAY, "u1"): 5}


@pytest.mark.parametrize("query", ["intake-landing", "totals", "windows"])
def test_a_lost_checkpoint_is_refused(live: Live, query: str) -> None:
    live.landing.requests(DAY, "a.log", [line(1, "u1")])
    live.stream()
    (live.home / "work/stream" / query).rename(live.home / "elsewhere")
    with pytest.raises(InputMissing, match=f"{query} is gone, and the tables"):
        live.stream()
    (live.home / "elsewhere").rename(live.home / "work/stream" / query)
    live.stream()


def test_a_lost_table_is_refused_until_all_begins_anew(live: Live, spark: SparkSession) -> None:
    """Else its rows of before would be missing for good: the checkpoints go on after them."""
    live.landing.requests(DAY, "a.log", [line(1, "u1")])
    live.stream()
    spark.sql(f"DROP TABLE {schema.USER_TOTALS.identifier}")
    live.landing.requests(DAY, "b.log", [line(2, "u2")])
    for _ in range(2):
        with pytest.raises(InputMissing, match=r"^live.user_totals is gone, and .*/work/stream goes on after .* begin anew by removing"):
            live.stream()
    shutil.rmtree(live.home / "work/stream")
    for table in schema.ALL:
        spark.sql(f"DROP TABLE IF EXISTS {table.identifier}")
    live.stream()
    assert live.totals() == {(DAY, "u1"): 1, (DAY, "u2"): 1}


def test_folders_put_aside_are_not_read_and_one_of_no_day_is_named(live: Live) -> None:
    live.landing.requests(DAY, "a.log", [line(1, "u1")])
    for name in ("dt=2015-05-17.old", "dt=tmp", "dt=2015-5-17"):
        shutil.copytree(live.landing.folder("requests", DAY), live.landing.root / "requests" / name)
    live.stream()
    assert live.totals() == {(DAY, "u1"): 1}
    shutil.copytree(live.landing.folder("requests", DAY), live.landing.root / "requests" / "dt=2015-02-31")
    with pytest.raises(DataFailed, match=r"dt=2015-02-31/a\.log lies in the folder of a day that there is not"):
        live.stream()


def test_a_link_out_of_the_landing_folder_is_refused_by_name(live: Live, tmp_path: Path) -> None:
    outside = tmp_path / "secret.log"
    outside.write_text(line(1, "u1") + "\n")
    live.landing.requests(DAY, "a.log", [line(1, "u1")])
    (live.landing.folder("requests", DAY) / "b.log").symlink_to(outside)
    with pytest.raises(DataFailed, match=r"b\.log is a symbolic link that leads out"):
        live.stream()
    assert live.rows(schema.REQUESTS) == []


def test_a_folder_of_a_far_day_does_not_carry_the_watermark_away(live: Live) -> None:
    far = date(2099, 1, 1)
    live.landing.requests(far, "a.log", [line(1, "u1", far)])
    live.stream()
    live.landing.requests(DAY, "b.log", [line(1, "u1")])
    live.stream()
    assert live.totals() == {(DAY, "u1"): 1}
    assert [row.reason for row in live.rows(schema.QUARANTINE)] == ["OUT_OF_WINDOW"]


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"source": "socket", "mode": "available-now", "socket": "127.0.0.1:1", "socket_lines": "text"}, "cannot tell what is available"),
        ({"source": "socket", "mode": "continuous", "socket": "here", "socket_lines": "text"}, "'here' is not of the form host:port"),
        ({"source": "socket", "mode": "continuous", "socket": "127.0.0.1:99999", "socket_lines": "text"}, "is not of the form host:port"),
        ({"source": "socket"}, "--socket, --socket-lines"),
        ({"source": "kafka"}, "--kafka-servers, --kafka-topic"),
        ({"top": 0}, "--top"),
    ],
)
def test_a_wrong_source_is_refused_with_the_usage(
    live: Live, changed: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        live.stream(**changed)
    told = capsys.readouterr().err
    assert (ended.value.code, told.startswith("usage: ")) == (64, True) and message in told


def test_an_empty_landing_gives_empty_tables(live: Live) -> None:
    Landing(live.landing.root).complete(DAY)
    live.stream()
    assert live.totals() == {}
