"""How the commands of the cluster fail."""

WRONG_USAGE, UNAVAILABLE, IN_USE = 64, 69, 75


class ClusterError(Exception):
    """What ends the command: exit code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
