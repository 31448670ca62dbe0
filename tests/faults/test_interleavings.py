"""The publish protocol under random interleavings of tries, crashes, upkeep and rollbacks on several days and tables.

A model says what main must hold after each step; the independent reader says what it holds. The short form runs in make test, a long one by
`make test-soak SEED=… INTERLEAVINGS=2000`; the seed plays the run again.
"""

import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule, run_state_machine_as_test
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DateType, LongType, StructField, StructType

from spark_jobs.lake import failpoints
from spark_jobs.lake.begun import BEGUN, StageTry, begun
from spark_jobs.lake.errors import DataFailed
from spark_jobs.lake.failpoints import failpoint
from spark_jobs.lake.iceberg import load_table
from spark_jobs.lake.manifest import Manifest
from spark_jobs.lake.publishing import check_bases, publish_day
from spark_jobs.lake.reading import kept_snapshots, published_snapshot, read_day
from spark_jobs.lake.staging import stage_day
from spark_jobs.lake.table import Table
from spark_jobs.maintain import files
from spark_jobs.maintain.active import Active, active_stages
from spark_jobs.maintain.files import compact
from spark_jobs.maintain.snapshots import needless, remove
from tests.faults.armed import armed
from tests.faults.reader import Reader, path_of

SCHEMA = StructType([StructField("day", DateType(), False), StructField("n", LongType(), False)])
DAYS_OF_ONE, TABLES_LAST = 3, 20
LATER_SECONDS = 10 * 86400
# Two files of a day are put together, as no day of the model has more.
MIN_FILES = 2
NOBODY = Active(frozenset(), frozenset(), frozenset())
# A gate refuses negative numbers. Mostly there are none.
ROWS = st.lists(st.integers(-1, 9), max_size=3, unique=True).map(tuple)
DAY_NUMBERS = st.integers(0, DAYS_OF_ONE - 1)
# At the first or the second table; mostly there is none.
STAGE_POINTS = ["before_stage_commit:raise", "after_stage_commit:raise", "before_stage_commit:raise:1", "before_manifest:raise"]
GATE_POINTS = ["before_publish:raise", "after_publish:raise", "after_publish:raise:1"]
STAGE_CRASHES = st.sampled_from([""] * 8 + STAGE_POINTS)
GATE_CRASHES = st.sampled_from([""] * 6 + GATE_POINTS)
Place = tuple[str, date]


@dataclass(eq=False)
class Try:
    """A try of a stage. begun_seconds: when; base: what each table's main was made of when it was staged; published: the tables that it has
    published."""

    day: date
    begun_seconds: float
    rows: dict[str, tuple[int, ...]]
    manifest: Manifest
    base: dict[str, object]
    published: set[str] = field(default_factory=set)
    is_over: bool = False

    @property
    def is_good(self) -> bool:
        return all(n >= 0 for rows in self.rows.values() for n in rows)


@dataclass(frozen=True)
class Release:
    day: date
    rows: dict[str, tuple[int, ...]]
    snapshots: dict[str, int]


class Interleaving(RuleBasedStateMachine):
    """One example. holds: main's rows of each table and day, also of the examples before on the same tables; made_by: the try that they
    are of, None where there is none; went: what the upkeep has taken away beside tries that were at work."""

    spark: ClassVar[SparkSession]
    home: ClassVar[Path]
    number: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    went: ClassVar[Counter[str]] = Counter()
    holds: ClassVar[dict[Place, tuple[int, ...]]] = {}
    branches: ClassVar["itertools.count[int]"] = itertools.count()
    tries = Bundle("tries")
    releases = Bundle("releases")

    def __init__(self) -> None:
        super().__init__()
        generation, place = divmod(Interleaving.number, TABLES_LAST)
        Interleaving.number += 1
        if place == 0:
            Interleaving.holds = {}
        self.tables = [Table(f"soak.{name}{generation}", SCHEMA, ("n",)) for name in ("a", "b")]
        first = date(2061, 1, 1) + timedelta(days=DAYS_OF_ONE * place)
        self.days = [first + timedelta(days=n) for n in range(DAYS_OF_ONE)]
        self.made_by: dict[Place, object] = {}
        self.begun: list[Try] = []
        self.work = (self.home / f"work{Interleaving.number}").as_uri()

    def _stage(self, day: date, rows: dict[str, tuple[int, ...]]) -> Try:
        base = {table.name: self.made_by.get((table.name, day)) for table in self.tables}
        frames = {table: self._frame(day, rows[table.name]) for table in self.tables}
        return self._begun(day, rows, frames, base)

    def _frame(self, day: date, rows: tuple[int, ...]) -> DataFrame:
        """The rows as a local relation, which takes no task to make."""
        values = ", ".join(f"(DATE '{day}', {n}L)" for n in rows) or "(DATE '2000-01-01', NULL)"
        return self.spark.sql(f"SELECT day, CAST(n AS BIGINT) AS n FROM VALUES {values} AS v(day, n) WHERE n IS NOT NULL")

    def _begun(
        self,
        day: date,
        rows: dict[str, tuple[int, ...]],
        frames: dict[Table, DataFrame],
        base: dict[str, object],
        needs: Collection[int] = (),
    ) -> Try:
        begun_seconds = time.time()
        with begun(self.spark, StageTry("test", day, "r", f"b{next(self.branches)}", self.work), needs) as tried:
            manifest = stage_day(self.spark, tried, frames, {})
        self.begun.append(Try(day, begun_seconds, rows, manifest, base))
        return self.begun[-1]

    def _rows(self, a: tuple[int, ...], b: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        return {table.name: rows for table, rows in zip(self.tables, (a, b), strict=True)}

    @rule(target=tries, day=DAY_NUMBERS, a=ROWS, b=ROWS, crash=STAGE_CRASHES)
    def stage(self, day: int, a: tuple[int, ...], b: tuple[int, ...], crash: str) -> object:
        rows = self._rows(a, b)
        if crash:
            with armed(crash), pytest.raises(failpoints.Crash):
                self._stage(self.days[day], rows)
            return multiple()
        return self._stage(self.days[day], rows)

    @rule(target=releases, tried=tries, crash=GATE_CRASHES)
    def gate(self, tried: Try, crash: str) -> object:
        """Also one that has published before: then nothing changes."""
        if tried.is_over:
            return multiple()
        if not tried.is_good or any(self._is_overtaken(tried, table) for table in self.tables):
            with pytest.raises(DataFailed):
                self._gate(tried)
            return multiple()
        # One whose day is another's by now publishes nothing any more, and says so where there is something to say.
        ends = (failpoints.Crash, DataFailed) if self._is_of_the_past(tried) else (failpoints.Crash,)
        with armed(crash), suppress(*ends):
            self._gate(tried)
        if any(self.made_by.get((table.name, tried.day)) is not tried for table in self.tables if tried.rows[table.name]):
            return multiple()  # cut off, or an old one: what came after it stays
        snapshots = {table.name: published_snapshot(self.spark, table) for table in self.tables}
        return Release(tried.day, {table.name: self.holds.get((table.name, tried.day), ()) for table in self.tables}, snapshots)

    @rule(tried=tries, a=ROWS, b=ROWS)
    def gate_that_stands_still(self, tried: Try, a: tuple[int, ...], b: tuple[int, ...]) -> None:
        """Between its two tables another try of the day is staged and published: main is wholly of one of them."""
        if tried.is_over or not tried.is_good or any(self._is_overtaken(tried, table) for table in self.tables):
            return
        others: list[Try] = []

        def publish_another() -> None:
            if not others:
                others.append(self._stage(tried.day, self._rows(a, b)))
                if others[0].is_good:
                    self._gate(others[0])

        with suppress(DataFailed):
            self._gate(tried, publish_another)
        if others[0].is_good:
            assert {table.name: self.holds[table.name, tried.day] for table in self.tables} in (tried.rows, others[0].rows)

    def _gate(self, tried: Try, between: Callable[[], None] = lambda: None) -> None:
        """What the job gate does around its suites; the model is told of each publish as it happens. between: comes after each."""
        for table in self.tables:
            snapshot_id = tried.manifest.tables[table.name]
            found = [] if snapshot_id is None else read_day(self.spark, table, tried.day, snapshot_id).collect()
            assert sorted(row.n for row in found) == sorted(tried.rows[table.name])
            if any(row.n < 0 for row in found):
                raise DataFailed("negative")
        check_bases(self.spark, self.tables, tried.manifest)
        failpoint(self.spark, "before_publish")
        for number, table in enumerate(self.tables):
            publish_day(self.spark, table, tried.manifest, after=self.tables[:number])
            self._is_published(tried, table)
            failpoint(self.spark, "after_publish")
            between()

    def _is_of_the_past(self, tried: Try) -> bool:
        made = {name for name in tried.published if tried.rows[name]}
        return any(self.made_by[name, tried.day] is not tried for name in made)

    def _is_overtaken(self, tried: Try, table: Table) -> bool:
        now = self.made_by.get((table.name, tried.day))
        if not tried.rows[table.name]:
            return bool(self.holds.get((table.name, tried.day))) and now is not tried.base[table.name]
        return table.name not in tried.published and now is not tried.base[table.name]

    def _is_published(self, tried: Try, table: Table) -> None:
        place, rows = (table.name, tried.day), tried.rows[table.name]
        if rows and table.name in tried.published:
            return
        tried.published.add(table.name)
        if rows or self.holds.get(place):  # to empty an empty day commits nothing
            self.made_by[place] = tried
        self.holds[place] = rows

    @rule(target=tries, release=releases)
    def roll_back(self, release: Release) -> object:
        is_kept = all(kept_snapshots(self.spark, table, [release.snapshots[table.name]]) for table in self.tables)
        if not is_kept:
            return multiple()  # the job restore refuses it
        base = {table.name: self.made_by.get((table.name, release.day)) for table in self.tables}
        frames = {table: read_day(self.spark, table, release.day, release.snapshots[table.name]) for table in self.tables}
        return self._begun(release.day, release.rows, frames, base, needs=release.snapshots.values())

    @precondition(lambda self: self.begun)
    @rule(over=st.sets(DAY_NUMBERS, min_size=1, max_size=DAYS_OF_ONE - 1), is_long_after=st.sampled_from([False, False, False, True]))
    def upkeep(self, over: set[int], is_long_after: bool) -> None:
        """The runs of some days are over. Those of others are left what they need: the time of keeping is as short as it may be, since just
        before the oldest try at work. Or ten days later with nobody at work: every branch goes. Main's rows stay."""
        if is_long_after:
            self._upkeep_long_after()
            return
        self._end_runs([self.days[number] for number in over])
        at_work = [tried.begun_seconds for tried in self.begun if not tried.is_over]
        went = self._upkeep(active_stages(self.spark, self.work, time.time()), min(at_work, default=time.time()))
        if at_work:
            self.went.update(went)

    def _end_runs(self, days: list[date]) -> None:
        for tried in self.begun:
            tried.is_over |= tried.day in days
        for record in path_of(self.work).glob(f"branches/*/{BEGUN}"):
            if date.fromisoformat(json.loads(record.read_text())["day"]) in days:
                record.unlink()

    def _upkeep_long_after(self) -> None:
        for tried in self.begun:
            tried.is_over = True
        self._upkeep(NOBODY, time.time() + LATER_SECONDS)
        refs = [(Reader(self.home).metadata(table.name) or {"refs": {}})["refs"] for table in self.tables]
        assert all(set(each) <= {"main"} for each in refs), refs

    def _upkeep(self, active: Active, kept_from_seconds: float) -> Counter[str]:
        """What the job maintain does to a table, but for files that no snapshot names, which it leaves alone for days; what went."""
        went: Counter[str] = Counter()
        for table in self.tables:
            loaded = load_table(self.spark, table)
            if loaded is None:
                continue
            found = needless(loaded, active, int(kept_from_seconds * 1000))
            remove(loaded, found)
            went["files put together"] += compact(self.spark, table, active, dry_run=False)
            went["branches"] += len(found.branches)
            went["snapshots"] += len(found.snapshots)
        return went

    @invariant()
    def main_is_what_was_published(self) -> None:
        Interleaving.steps += 1
        reader = Reader(self.home)
        for table in self.tables:
            found = sorted((row["day"], row["n"]) for row in reader.rows(table.name))
            assert found == sorted((day, n) for (name, day), rows in self.holds.items() if name == table.name for n in rows), table.name


def interleave(spark: SparkSession, home: Path, number: int, seed_of_all: int) -> None:
    Interleaving.spark, Interleaving.home, Interleaving.number, Interleaving.steps, Interleaving.went = spark, home, 0, 0, Counter()
    spark.sql("SHOW NAMESPACES IN lake").collect()  # makes the catalog, which the reader looks into before the first step
    chosen = settings(
        max_examples=number, stateful_step_count=12, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],  # examples share tables: none can be played alone
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "MIN_FILES", MIN_FILES)
        run_state_machine_as_test(seed(seed_of_all)(Interleaving), settings=chosen)
    went = ", ".join(f"{number:,} {kind}" for kind, number in Interleaving.went.items())
    print(f"seed {seed_of_all}: {Interleaving.number:,} interleavings, {Interleaving.steps:,} steps, no promise broken")
    print(f"the upkeep took away beside tries at work: {went}")
    assert all(Interleaving.went[kind] for kind in ("branches", "snapshots", "files put together"))


@pytest.mark.fault(fault="tries, crashes, upkeep, rollbacks", where="in random order", promised="main is what was published, nothing else")
def test_few_interleavings(spark: SparkSession, lake_home: Path) -> None:
    interleave(spark, lake_home, 5, seed_of_all=1)


@pytest.mark.soak
def test_many_interleavings(spark: SparkSession, lake_home: Path) -> None:
    interleave(spark, lake_home, int(os.environ.get("INTERLEAVINGS") or 2000), int(os.environ["SEED"]))
