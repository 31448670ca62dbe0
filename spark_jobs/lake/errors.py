"""The failures a job tells apart, each with the exit code that the caller acts on (sysexits.h)."""


class JobError(Exception):
    """A failure with a message for people: what was wrong, where, and what to do."""

    exit_code = 1


class WrongUsage(JobError):
    """The arguments are wrong."""

    exit_code = 64


class DataFailed(JobError):
    """The data itself failed; trying again without a change cannot help."""

    exit_code = 65


class InputMissing(JobError):
    """An input that the job needs is not there."""

    exit_code = 66


class TryAgain(JobError):
    """The attempt failed for a passing reason, such as losing a race."""

    exit_code = 75
