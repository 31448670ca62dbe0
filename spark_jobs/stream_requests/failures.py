"""Failures of a query that starting it again cannot mend, in words for people."""

import re

from spark_jobs.ingest.unreadable import unreadable_file
from spark_jobs.lake.errors import DataFailed, InputMissing, JobError, TryAgain


def known_failure(error: Exception) -> JobError | None:
    """The failure as one that tells what to do; None where it is none of these."""
    text = str(error)
    file = unreadable_file(error)
    if file is not None:
        return DataFailed(f"{file} cannot be read to its end; its batch waits. Deliver the file again, whole.")
    if re.search(r"CONCURRENT_STREAM_LOG_UPDATE|Concurrent update to the log|Rename destination \S+/metadata already exists", text):
        return TryAgain("another program streams into this lake: end it, or let it be; two cannot count at once")
    if "Connection refused" in text and "TextSocket" in text:
        return InputMissing("nobody listens at the socket's address: start the server first, or check --socket")
    if re.search(r"UnknownTopicOrPartitionException|topic.*does not exist", text):
        return InputMissing("Kafka has no such topic: create it, or check --kafka-topic")
    if re.search(r"org\.apache\.kafka\.common\.errors\.TimeoutException|Failed to construct kafka consumer|No resolvable bootstrap", text):
        return TryAgain("the Kafka broker does not answer: check --kafka-servers; if it is right, run it again later")
    return None
