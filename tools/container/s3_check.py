"""Whether the buckets of the settings can be used as a run will use them: `python -m tools.container.s3_check`.

Lists the landing, and writes and removes an object where tables, work and reports go.
Exit codes: 0 they can, 1 one cannot, with the reason and a remedy on stderr.
"""

import sys
from uuid import uuid4

import fsspec
from botocore.exceptions import BotoCoreError

from include.settings import Settings, settings

REMEDY = (
    "check AWS_ENDPOINT_URL, AWS_DEFAULT_REGION and the bucket's name in .env, and the profile [default] of "
    "secrets/aws_credentials; then `make up` again"
)


def main() -> int:
    faults = check(settings())
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"Remedy: {REMEDY}", file=sys.stderr)
    return 1 if faults else 0


def check(chosen: Settings) -> list[str]:
    """What is wrong with each place that is in a bucket."""
    written = {"warehouse": chosen.warehouse, "work": chosen.work, "reports": chosen.reports}
    found = [fault(name, uri, written=name in written) for name, uri in {"landing": chosen.landing, **written}.items() if is_bucket(uri)]
    return [text for text in found if text]


def is_bucket(uri: str) -> bool:
    return uri.startswith("s3a://")


def fault(name: str, uri: str, written: bool) -> str | None:
    """Why a place cannot be used, or None."""
    filesystem, path = fsspec.url_to_fs(uri, use_listings_cache=False, skip_instance_cache=True)
    try:
        if written:
            probe = f"{path.rstrip('/')}/.probe-{uuid4().hex}"
            filesystem.pipe_file(probe, b"")
            filesystem.rm_file(probe)
        else:
            bucket, _, prefix = path.partition("/")
            filesystem.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
    except (OSError, BotoCoreError) as error:
        return f"{name} {uri}: {type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())
