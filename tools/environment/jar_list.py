"""The list of jars that the set-up adds to Spark's own (tools/jars.toml)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Jar:
    """One jar: `coordinate` is group:artifact:version."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def ivy_file_name(self) -> str:
        """Ivy puts the group before the name."""
        return f"{self.coordinate.split(':')[0]}_{self.file_name}"


@dataclass(frozen=True)
class JarList:
    """The jars, and the group:artifact names that Ivy must leave out."""

    jars: tuple[Jar, ...]
    exclude: tuple[str, ...]


def read_jar_list(path: Path) -> JarList:
    """Raises KeyError when a jar lacks its coordinate or its hash."""
    content = tomllib.loads(path.read_text())
    jars = tuple(Jar(entry["coordinate"], entry["sha256"]) for entry in content["jar"])
    return JarList(jars, tuple(content["exclude"]))
