"""After all else, the buckets among it: still no secret is shown."""

import pytest

from tests.compose.search import no_secret_is_shown
from tests.compose.stack import Stack

pytestmark = pytest.mark.docker


def test_with_buckets_no_secret_is_shown(stack: Stack) -> None:
    no_secret_is_shown(stack)
