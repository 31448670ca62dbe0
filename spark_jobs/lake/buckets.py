"""What went wrong with a bucket, in words for people."""

import re

from spark_jobs.lake.errors import InputMissing, JobError, TryAgain

# By what Hadoop's S3A, AWS's SDK and Arrow (in capitals; one answer can be SLOW_DOWN or SERVICE_UNAVAILABLE to it) say, in this order: a
# refusal often names a missing thing too.
CAUSES: tuple[tuple[str, type[JobError], str], ...] = (
    (
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|Forbidden|Status Code: 403|HTTP status 403|"
        r"ACCESS_DENIED|INVALID_ACCESS_KEY_ID|SIGNATURE_DOES_NOT_MATCH|INVALID_SIGNATURE|UNRECOGNIZED_CLIENT",
        InputMissing,
        "the bucket refuses these credentials: check AWS_SHARED_CREDENTIALS_FILE and what its profile may do",
    ),
    (
        r"NoAuthWithAWSException|NoAwsCredentialsException|Unable to load credentials",
        InputMissing,
        "there are no credentials for the bucket: set AWS_SHARED_CREDENTIALS_FILE",
    ),
    (
        r"UnknownStoreException|NoSuchBucket|NO_SUCH_BUCKET|bucket does not exist",
        InputMissing,
        "there is no such bucket: check the s3a:// URIs of the settings, and AWS_ENDPOINT_URL",
    ),
    (
        r"AWSServiceThrottledException|SlowDown|Status Code: 503|HTTP status 503|SLOW_DOWN|SERVICE_UNAVAILABLE|THROTTLING",
        TryAgain,
        "the bucket's service is overloaded and was asked several times: run it again later",
    ),
    (
        r"\bInternalError\b|INTERNAL_FAILURE|AWSStatus500Exception|Status Code: 500|HTTP status 500",
        TryAgain,
        "the bucket's service answers with errors of its own and was asked several times: run it again later",
    ),
    (
        r"Connection refused|UnknownHostException|Unable to execute HTTP request|Connect timed out|curlCode|"
        r"NETWORK_CONNECTION|REQUEST_TIMEOUT",
        TryAgain,
        "the bucket's service does not answer: check AWS_ENDPOINT_URL; if it is right, run it again later",
    ),
)
URIS = re.compile(r"s3a?://\S+", re.IGNORECASE)
OF_A_BUCKET = re.compile(r"s3a?://[^/\s:'\"]+|software\.amazon\.awssdk|AWS Error", re.IGNORECASE)


def bucket_failure(error: Exception) -> JobError | None:
    """The error as a failure that names the bucket and a remedy; None where it is no known failure of a bucket."""
    place = OF_A_BUCKET.search(str(error))
    if place is None:
        return None
    # A landed file may be named like a failure.
    text = URIS.sub("", str(error))
    for pattern, kind, remedy in CAUSES:
        said = re.search(pattern, text)
        if said:
            bucket = place[0] if place[0].lower().startswith("s3") else "a bucket"
            return kind(f"{bucket}: {remedy} ({said[0]})")
    return None
