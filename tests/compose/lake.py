"""The stack's lake, copied out of its volume, and the promises asked of a day without our code."""

from datetime import date
from pathlib import Path

from tests.compose.stack import Stack
from tests.faults.promises import equal_to_the_oracle, every_line_accounted_for, no_unaudited_row
from tests.faults.reader import Reader

LAKE = "data/lake"


class CopiedLake(Reader):
    """The lake as it is when this is made."""

    def __init__(self, stack: Stack, folder: Path, is_kept_up: bool = False) -> None:
        (folder / LAKE).parent.mkdir(parents=True)
        stack.compose("cp", f"scheduler:/{LAKE}", str(folder / LAKE))
        super().__init__(folder, folder / LAKE / "work", is_kept_up, root=folder)
        rows = stack.lake_sql("SELECT table_namespace || '.' || table_name, metadata_location FROM iceberg_tables")
        self.locations = dict(row.split("|") for row in rows)

    def location(self, table: str) -> str | None:
        return self.locations.get(table)


def promises_hold(stack: Stack, day: date, folder: Path, is_kept_up: bool = False) -> None:
    """(1), (2) and (3); (4) and (5) are asked by Stack.publishes. folder: a new one, for the copy."""
    reader, landing = CopiedLake(stack, folder, is_kept_up), stack.home / "landing"
    no_unaudited_row(reader, day)
    every_line_accounted_for(reader, landing, day)
    equal_to_the_oracle(landing, day, stack.report(day))
