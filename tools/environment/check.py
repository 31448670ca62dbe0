"""One check of the environment, and the error that stops a set-up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """What one check found; `remedy` says what to do and is only shown when `ok` is False."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


class SetUpError(Exception):
    """The set-up cannot go on; carries what is wrong and its remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n  Remedy: {remedy}")


def require(check: Check) -> None:
    """Raises SetUpError when the check failed: how the set-up uses the doctor's checks."""
    if not check.ok:
        raise SetUpError(f"{check.name}: {check.found}", check.remedy)
