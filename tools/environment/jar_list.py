"""Lists of pinned jars, such as those that the set-up adds to Spark's own (tools/jars.toml)."""

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
    """The jars, and the group:artifact names that Ivy must leave out; `path` is the list's file."""

    path: Path
    jars: tuple[Jar, ...]
    exclude: tuple[str, ...]


def read_jar_list(path: Path) -> JarList:
    """The list as the file has it: a table `jars` of hashes by coordinate, and the names to exclude."""
    content = tomllib.loads(path.read_text())
    jars = tuple(Jar(coordinate, sha256) for coordinate, sha256 in content["jars"].items())
    return JarList(path, jars, tuple(content["exclude"]))
