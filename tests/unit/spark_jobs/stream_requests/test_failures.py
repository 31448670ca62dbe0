"""What a failed query says is told in words, where it is known; its text is Spark's own, as it was met."""

import pytest

from spark_jobs.lake.errors import InputMissing, JobError, TryAgain
from spark_jobs.stream_requests.failures import known_failure


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        ("[CONCURRENT_STREAM_LOG_UPDATE] Concurrent update to the log.", TryAgain, "another program streams into this lake"),
        (
            "FileAlreadyExistsException: Rename destination file:/x/home/stream/intake-landing/metadata already exists.",
            TryAgain,
            "another program streams into this lake",
        ),
        ("java.net.ConnectException: Connection refused at TextSocketMicroBatchStream", InputMissing, "nobody listens at the socket"),
        ("UnknownTopicOrPartitionException: This server does not host this topic-partition.", InputMissing, "Kafka has no such topic"),
        ("org.apache.kafka.common.errors.TimeoutException: Call: listNodes", TryAgain, "the Kafka broker does not answer"),
    ],
)
def test_a_known_failure_tells_what_to_do(said: str, kind: type[JobError], told: str) -> None:
    found = known_failure(RuntimeError(said))
    assert type(found) is kind and told in str(found)


def test_another_failure_is_left_as_it_is() -> None:
    assert known_failure(RuntimeError("Rename destination file:/x/home/levels/3 already exists.")) is None
