"""Docker Compose as a library: its commands, and what its services are doing."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Container:
    """A container of the project. health: healthy, starting, unhealthy, or empty where nothing checks it."""

    name: str
    service: str
    state: str
    health: str
    exit_code: int

    @property
    def is_ready(self) -> bool:
        if self.state == "exited":
            return self.exit_code == 0
        return self.state == "running" and self.health in ("healthy", "")

    @property
    def has_failed(self) -> bool:
        return self.state in ("dead", "exited") and self.exit_code != 0

    @property
    def told(self) -> str:
        return f"exited ({self.exit_code})" if self.state == "exited" else f"{self.state} {self.health}".strip()


def compose(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `docker compose` here and return what it printed. CalledProcessError: it failed; its stderr is in the error."""
    return subprocess.run(["docker", "compose", *arguments], cwd=PROJECT, check=check, capture_output=True, text=True)


def containers() -> list[Container]:
    """All containers of the project, ended ones too, by service and name."""
    lines = compose("ps", "--all", "--format", "json").stdout.splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    made = [Container(c["Name"], c["Service"], c["State"], c.get("Health") or "", int(c.get("ExitCode") or 0)) for c in found]
    return sorted(made, key=lambda container: (container.service, container.name))
