"""The stack's lake, copied out of its volume, and the promises asked of a day without our code."""

from datetime import date
from pathlib import Path

from spark_jobs.gate.schema import BY_NAME
from tests.compose.stack import Stack
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, kept, no_unaudited_row, published
from tests.faults.reader import Reader

LAKE = "data/lake"


class CopiedLake(Reader):
    """The lake as it is when this is made."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        # Asked first: a commit in between adds files that nobody names here; otherwise the catalog would name files that the copy lacks.
        self.locations = stack.metadata_locations()
        (folder / LAKE).parent.mkdir(parents=True)
        stack.compose("cp", f"scheduler:/{LAKE}", str(folder / LAKE))
        super().__init__(folder, folder / LAKE / "work", root=folder)

    def location(self, table: str) -> str | None:
        return self.locations.get(table)


def promises_hold(stack: Stack, day: date, folder: Path) -> CopiedLake:
    """(1), (2) and (3). folder: a new one, for the copy, which is returned."""
    reader, landing = CopiedLake(stack, folder), stack.home / "landing"
    no_unaudited_row(reader, day)
    every_line_accounted_for(reader, landing, day)
    equal_to_the_oracle(landing, day, stack.report(day))
    return reader


def published_once(day: date, after: CopiedLake, before: CopiedLake | None = None) -> None:
    """(4) and (5): of each table the day was published once in between, and nothing that was published before is gone."""
    snapshots = published(after, day)
    earlier = {} if before is None else published(before, day)
    new = {table: len(found) - len(earlier.get(table, [])) for table, found in kept(earlier, snapshots).items()}
    assert new == dict.fromkeys(BY_NAME, 1)
