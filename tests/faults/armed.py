"""A failpoint in the tests' own process."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from spark_jobs.lake import failpoints


@contextmanager
def armed(point: str) -> Iterator[None]:
    """What runs inside meets the failpoint: `<point>:<what>` as spark_jobs/lake/failpoints.py has it."""
    failpoints._passed.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(failpoints.VARIABLE, point)
        yield
