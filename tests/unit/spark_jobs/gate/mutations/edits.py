"""Small changes to the rows of the good day."""

from dataclasses import dataclass
from typing import Any

from tests.unit.spark_jobs.gate.world import Edit, World


@dataclass(frozen=True)
class Mutation:
    """Edits of the good day, and the expectations that cannot but fail with the one they are meant for."""

    edits: tuple[Edit, ...]
    also: frozenset[str] = frozenset()


def breaks(*edits: Edit, also: str = "") -> Mutation:
    return Mutation(edits, frozenset({also} - {""}))


def put(view: str, match: dict[str, Any], **values: Any) -> Edit:
    """Set columns of the rows that match."""

    def edit(world: World) -> None:
        for row in _matching(world, view, match):
            row.update(values)

    return edit


def add(view: str, match: dict[str, Any], **values: Any) -> Edit:
    """Add a copy of the first row that matches, with other values."""

    def edit(world: World) -> None:
        world[view].append({**_matching(world, view, match)[0], **values})

    return edit


def drop(view: str, match: dict[str, Any]) -> Edit:
    """Take the rows that match away."""

    def edit(world: World) -> None:
        for row in _matching(world, view, match):
            world[view].remove(row)

    return edit


def swap_last_columns(view: str) -> Edit:
    def edit(world: World) -> None:
        names = list(world[view][0])
        order = [*names[:-2], names[-1], names[-2]]
        world[view] = [{name: row[name] for name in order} for row in world[view]]

    return edit


def _matching(world: World, view: str, match: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [row for row in world[view] if all(row[name] == value for name, value in match.items())]
    assert rows, f"no row of {view} matches {match}: the edit would change nothing"
    return rows
