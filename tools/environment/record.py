"""What the set-up records for everything that submits: .venv/millrace/environment.json."""

import json
from dataclasses import dataclass
from pathlib import Path

from tools.environment.layout import Layout
from tools.environment.stamps import write_atomic


@dataclass(frozen=True)
class Environment:
    """The chosen Java home and the class-data archive made with it; None where no archive is possible."""

    java_home: Path
    class_data_archive: Path | None


def write_environment(layout: Layout, environment: Environment) -> None:
    archive = environment.class_data_archive
    content = {"java_home": str(environment.java_home), "class_data_archive": str(archive) if archive else None}
    write_atomic(layout.environment_file, content)


def read_environment(layout: Layout) -> Environment | None:
    """None before the first set-up."""
    if not layout.environment_file.exists():
        return None
    content = json.loads(layout.environment_file.read_text())
    archive = content["class_data_archive"]
    return Environment(Path(content["java_home"]), Path(archive) if archive else None)
