"""Whether the buckets of the settings can be used as a run will use them: `python -m tools.container.s3_check`.

Lists the landing, and writes and removes an object where tables, work and reports go.
Exit codes: 0 they can, 1 one cannot, with the reason and a remedy on stderr.
"""

import sys
from collections.abc import Callable

from include.buckets import BucketError, require_listing, require_writing
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
    faults = [
        fault("landing", chosen.landing, require_listing),
        fault("warehouse", chosen.warehouse, require_writing),
        fault("work", chosen.work, require_writing),
        fault("reports", chosen.reports, require_writing),
    ]
    return [text for text in faults if text]


def fault(name: str, uri: str, require: Callable[[str], None]) -> str | None:
    """Why a place cannot be used, or None."""
    try:
        require(uri)
    except BucketError as error:
        return f"{name} {error.fault}"
    return None


if __name__ == "__main__":
    sys.exit(main())
