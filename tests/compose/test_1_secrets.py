"""While the volumes and the containers still hold all that the first runs have left: it shows no secret."""

import pytest

from tests.compose.conftest import ScheduledRun
from tests.compose.search import no_secret_is_shown, search
from tests.compose.stack import Stack

pytestmark = pytest.mark.docker
# What the search must find, since jobs were at work: a place where it finds nothing of theirs would prove nothing.
TRACES = (
    ("scheduler", "/data/logs", "spark-submit"),
    ("scheduler", "/data/lake", "millrace.branch"),
    ("spark-worker", "/data/scratch", "CoarseGrainedExecutorBackend"),
    ("history-server", "/data/events", "SparkListenerApplicationStart"),
)


def test_the_image_holds_nothing_of_the_folder_that_it_was_built_in(stack: Stack) -> None:
    assert set(stack.execute("scheduler", "ls", "-A", "/opt/millrace").split()) & {"var", ".env", ".git"} == set()


def test_what_jobs_leave_shows_no_secret(stack: Stack, scheduled: ScheduledRun) -> None:
    for service, folder, word in TRACES:
        assert search(stack, service, folder, [word]), f"{folder} holds no {word}: no job has left anything there"
    for program in ("org.apache.spark.deploy.SparkSubmit", "CoarseGrainedExecutorBackend"):
        assert any(program in processes for processes in stack.process_lists), program
    no_secret_is_shown(stack)
