"""Which snapshots and branches of a table nobody needs any more."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from spark_jobs.lake.iceberg import each, retry_passing
from spark_jobs.maintain.account import stage_branches
from spark_jobs.maintain.active import Active


@dataclass(frozen=True)
class Needless:
    """Branches to drop, and snapshots to expire afterwards."""

    branches: tuple[str, ...]
    snapshots: tuple[int, ...]


def needless(loaded: Any, active: Active, cutoff_milliseconds: int) -> Needless:
    """What was of no use since the cutoff.

    A branch: of no stage that is at work, and its newest snapshot is older. A snapshot of main: another one took its place before the
    cutoff; so whoever has read main since then, a run or a release, still finds what it read. Any other snapshot: it is older, and on no
    branch that stays. What a rollback at work reads stays too, and what somebody has put a tag on.
    """
    branches = stage_branches(loaded)
    old = {name for name, head in branches.items() if loaded.snapshot(head).timestampMillis() < cutoff_milliseconds}
    dropped = old - active.branches
    history = ancestors(loaded, loaded.currentSnapshot().snapshotId())
    since = main_since(loaded)
    superseded = {older: since.get(newer, loaded.snapshot(newer).timestampMillis()) for newer, older in pairwise(history)}
    kept = {history[0]} | active.snapshots | tagged(loaded)
    kept |= {snapshot_id for snapshot_id, moment in superseded.items() if moment >= cutoff_milliseconds}
    for name in branches.keys() - dropped:
        kept |= set(ancestors(loaded, branches[name])) - set(history) | {branches[name]}
    others = [snapshot for snapshot in each(loaded.snapshots()) if snapshot.snapshotId() not in kept]
    gone = [s.snapshotId() for s in others if s.snapshotId() in superseded or s.timestampMillis() < cutoff_milliseconds]
    return Needless(tuple(sorted(dropped)), tuple(sorted(gone)))


def tagged(loaded: Any) -> set[int]:
    """The snapshots with tags, which are people's: Iceberg expires none of them, and nothing of ours sets any."""
    refs = loaded.refs()
    return {int(refs[name].snapshotId()) for name in refs if refs[name].isTag()}


def main_since(loaded: Any) -> dict[int, int]:
    """When each snapshot became main's, in milliseconds, as far as the table remembers; one that is published as it was staged is older."""
    return {int(entry.snapshotId()): int(entry.timestampMillis()) for entry in each(loaded.history())}


def ancestors(loaded: Any, snapshot_id: int) -> list[int]:
    """The snapshot and those before it that the table still has, the newest first."""
    found: list[int] = []
    at = loaded.snapshot(snapshot_id)
    while at is not None:
        found.append(int(at.snapshotId()))
        at = None if at.parentId() is None else loaded.snapshot(at.parentId())
    return found


def remove(loaded: Any, found: Needless) -> None:
    """Drop the branches, then expire the snapshots with the files that only they hold."""

    def drop() -> None:
        loaded.refresh()
        left = stage_branches(loaded).keys() & set(found.branches)
        if left:
            managing = loaded.manageSnapshots()
            for name in sorted(left):
                managing = managing.removeBranch(name)
            managing.commit()

    def expire() -> None:
        loaded.refresh()
        left = {snapshot.snapshotId() for snapshot in each(loaded.snapshots())} & set(found.snapshots)
        if left:
            # Without an age of its own, Iceberg would also expire whatever is older than its default.
            expiring = loaded.expireSnapshots().expireOlderThan(0)
            for snapshot_id in sorted(left):
                expiring = expiring.expireSnapshotId(snapshot_id)
            expiring.commit()

    retry_passing(f"drop branches of {loaded.name()}", drop)
    retry_passing(f"expire snapshots of {loaded.name()}", expire)
