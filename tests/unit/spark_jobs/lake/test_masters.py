"""Which master counts. tests/faults/test_cluster.py asks real ones; one on standby would need a ZooKeeper, hence the stand-ins."""

from dataclasses import dataclass
from itertools import permutations

import pytest

from spark_jobs.lake.masters import Standing, most_telling, standing_in

DRIVER = "driver:1"
KNOWN, UNKNOWN, SILENT = Standing.KNOWN, Standing.UNKNOWN, Standing.SILENT


@dataclass
class Word:
    """Of Spark: an address, a state of a master."""

    text: str

    def toString(self) -> str:  # noqa: N802 - a name of Spark
        return self.text


@dataclass
class Application:
    """Of Spark: an ApplicationInfo, whose endpoint `driver` has an address."""

    place: str

    def driver(self) -> "Application":
        return self

    def address(self) -> Word:
        return Word(self.place)


@dataclass
class State:
    """Of Spark: a MasterStateResponse."""

    word: str
    places: tuple[str, ...] = ()

    def status(self) -> Word:
        return Word(self.word)

    def activeApps(self) -> list[Application]:  # noqa: N802 - a name of Spark
        return [Application(place) for place in self.places]


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (State("ALIVE", ("other:1", DRIVER)), KNOWN),
        (State("RECOVERING", (DRIVER,)), KNOWN),
        (State("ALIVE", ("other:1",)), UNKNOWN),
        (State("STANDBY"), SILENT),
        (None, SILENT),
    ],
)
def test_a_master_on_standby_says_no_more_than_one_that_is_not_there(state: State | None, standing: Standing) -> None:
    assert standing_in(state, DRIVER) == standing


def test_one_master_that_has_it_is_enough_and_one_that_leads_is_heard() -> None:
    for two in permutations((UNKNOWN, SILENT)):
        assert most_telling([*two]) == UNKNOWN
    for three in permutations((SILENT, UNKNOWN, KNOWN)):
        assert most_telling([*three]) == KNOWN
    assert most_telling([SILENT, SILENT]) == SILENT
