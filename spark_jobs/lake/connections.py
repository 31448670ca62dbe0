"""No statement is carried out twice because its answer was lost.

Iceberg's pool of connections runs a statement again after the connection to the database broke. An UPDATE that had been carried out then
changes no row any more, which Iceberg takes for a lost race: it tries its commit again, finds that done, gives up, and removes the
manifests of what is main by now. Without the second execution it does not know how the commit ended and removes nothing; our callers look.
"""

from typing import Any

# Of the states after which the pool begins anew, those in which the statement may have been carried out. The others, 08003 (the connection
# was closed before) and 40001 (rolled back), are safe, and make the pool replace a connection that is broken.
UNSURE = ("08000", "08006", "08007")


def never_twice(loaded: Any) -> None:
    """For all commits to the table, and to others of its catalog. loaded: Iceberg's Table."""
    states = _private(_private(loaded.operations(), "connections"), "retryableStatusCodes")
    if UNSURE[0] in states:  # else they have been taken out before
        for state in UNSURE:
            states.remove(state)


def _private(owner: Any, name: str) -> Any:
    """Iceberg has no setting for it."""
    field = owner.getClass().getDeclaredField(name)
    field.setAccessible(True)
    return field.get(owner)
