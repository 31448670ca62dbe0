"""The three landed datasets and how their files are named."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Dataset:
    """A landed dataset. endings: of its files' names, plain and compressed."""

    name: str
    endings: tuple[str, str]

    def folder(self, day: date) -> str:
        """Its folder of a day, below the landing folder."""
        return f"{self.name}/dt={day.isoformat()}"


USERS = Dataset("users", (".json", ".json.gz"))
REQUESTS = Dataset("requests", (".log", ".log.gz"))
PROFILES = Dataset("profiles", (".csv", ".csv.gz"))
ALL = (USERS, REQUESTS, PROFILES)
