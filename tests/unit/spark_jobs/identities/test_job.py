"""The job from core.activity in the lake to the staged rows."""

from datetime import date, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_jobs.enrich.schema import ACTIVITY
from spark_jobs.identities.job import build_parser, main
from spark_jobs.identities.schema import IDENTITIES
from spark_jobs.lake.iceberg import ensure_table
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.reading import read_day

DAY = date(2031, 3, 4)
OTHER_DAY = date(2031, 3, 5)
REQUESTS = [
    (DAY, "u1", "192.0.2.1"),
    (DAY, "u2", "192.0.2.1"),
    (DAY, "u2", "192.0.2.2"),
    (DAY, "u3", "192.0.2.9"),  # three users on one address: a hub at the limit of 2
    (DAY, "u2", "192.0.2.9"),
    (DAY, "u1", "192.0.2.9"),
    (DAY, None, "192.0.2.1"),
    (OTHER_DAY, "u3", "192.0.2.1"),  # another day links nobody
]


def argv(day: date, branch: str, work: Path, /, **changed: str) -> list[str]:
    flags = {
        "day": day.isoformat(),
        "branch": branch,
        "run-id": "run",
        "work-uri": work.as_uri(),
        "max-users-per-ip": "2",
        "finish-edges": "0",
        "partitions": "2",
    }
    return [part for flag, value in {**flags, **changed}.items() for part in (f"--{flag}", value)]


def write_activity(spark: SparkSession) -> None:
    filled = {
        "event_ts": datetime(2031, 3, 4, 12),
        "landing_day": DAY,
        "action": "/",
        "file_type": "none",
        "known_user": True,
    }
    rows = [{**filled, "event_day": day, "user_id": user, "ip": ip} for day, user, ip in REQUESTS]
    values = [tuple(row.get(name) for name in ACTIVITY.schema.names) for row in rows]
    ensure_table(spark, ACTIVITY)
    spark.createDataFrame(values, ACTIVITY.schema).writeTo(ACTIVITY.identifier).overwritePartitions()


def staged(spark: SparkSession, work: Path, branch: str) -> tuple[Manifest, list[tuple]]:
    manifest = Manifest.read(spark, work.as_uri(), branch)
    snapshot_id = manifest.tables[IDENTITIES.name]
    assert snapshot_id is not None
    return manifest, sorted(tuple(row) for row in read_day(spark, IDENTITIES, DAY, snapshot_id).collect())


def test_a_day_is_staged_and_a_second_try_goes_on_from_its_levels(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_activity(spark)
    main(argv(DAY, "r_identities_try_1", tmp_path))
    first, rows = staged(spark, tmp_path, "r_identities_try_1")
    assert rows == [
        (DAY, "ip", "192.0.2.1", "u1", 2, 2),
        (DAY, "ip", "192.0.2.2", "u1", 2, 2),
        (DAY, "user", "u1", "u1", 2, 2),
        (DAY, "user", "u2", "u1", 2, 2),
        (DAY, "user", "u3", "u3", 1, 0),
    ]
    assert first.stage == "identities"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("identities level=0 edges_in=3 edges_out=3 ") and lines[-1].endswith(" done")

    main(argv(DAY, "r_identities_try_2", tmp_path))
    assert staged(spark, tmp_path, "r_identities_try_2")[1] == rows
    again = capsys.readouterr().out.splitlines()
    assert again == [line.removesuffix("done") + "resumed" for line in lines]


def test_a_day_without_activity(spark: SparkSession, tmp_path: Path) -> None:
    write_activity(spark)
    main(argv(date(2031, 3, 6), "r_identities_empty", tmp_path))
    manifest = Manifest.read(spark, tmp_path.as_uri(), "r_identities_empty")
    assert manifest.tables == {IDENTITIES.name: None}


@pytest.mark.parametrize(
    "changed",
    [{"partitions": "0"}, {"finish-edges": "-1"}, {"max-users-per-ip": "many"}, {"day": "20310304"}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_wrong_value_is_wrong_usage(tmp_path: Path, changed: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as exit_of:
        build_parser().parse_args(argv(DAY, "branch", tmp_path, **changed))
    assert exit_of.value.code == 64


@pytest.mark.parametrize("position", range(7))
def test_every_flag_is_required(tmp_path: Path, position: int) -> None:
    given = argv(DAY, "branch", tmp_path)
    del given[2 * position : 2 * position + 2]
    with pytest.raises(SystemExit) as exit_of:
        build_parser().parse_args(given)
    assert exit_of.value.code == 64
