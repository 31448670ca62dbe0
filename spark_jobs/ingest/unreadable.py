"""A file that cannot be read to its end, in what Spark says of it."""

import re
from urllib.parse import unquote

from spark_jobs.lake.buckets import bucket_failure
from spark_jobs.lake.surroundings import surroundings_failure

# Spark names the file, URL-encoded, in the error of the task that could not read it.
_NAMED = re.compile(r"FAILED_READ_FILE\S* Encountered error while reading file (\S+?)\.?\s")


def unreadable_file(error: Exception) -> str | None:
    """The URI of the file; None where the error is another one, or the file may be good, as its bucket, the disk or the memory failed."""
    found = _NAMED.search(str(error))
    if found is None or bucket_failure(error) or surroundings_failure(error):
        return None
    return unquote(found[1])
