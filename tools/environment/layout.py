"""Where everything of the environment lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Paths inside one clone; `repository` is its root."""

    repository: Path

    @property
    def venv(self) -> Path:
        return self.repository / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def state(self) -> Path:
        """What the set-up itself keeps: stamps, archive, Java; everything in it can be made again."""
        return self.venv / "millrace"

    @property
    def environment_file(self) -> Path:
        """JSON with `java_home` and `class_data_archive`, read by everything that submits."""
        return self.state / "environment.json"

    @property
    def lock_file(self) -> Path:
        return self.venv / "setup.lock"

    @property
    def site_packages(self) -> Path:
        """Raises FileNotFoundError when there is no virtual environment."""
        major, minor = self.python_version().split(".")[:2]
        return self.venv / "lib" / f"python{major}.{minor}" / "site-packages"

    @property
    def spark_home(self) -> Path:
        return self.site_packages / "pyspark"

    @property
    def jars(self) -> Path:
        return self.spark_home / "jars"

    @property
    def jar_list(self) -> Path:
        return self.repository / "tools" / "jars.toml"

    def requirements(self, name: str) -> Path:
        """The pinned, hashed list `name`: runtime, dev, server, bootstrap or java."""
        return self.repository / ("requirements.txt" if name == "runtime" else f"requirements-{name}.txt")

    def stamp(self, step: str) -> Path:
        return self.state / f"{step}.stamp.json"

    def python_version(self) -> str:
        """The Python of the virtual environment, as its pyvenv.cfg has it, for example 3.11.7."""
        for line in (self.venv / "pyvenv.cfg").read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "version":
                return value.strip()
        raise FileNotFoundError(f"{self.venv / 'pyvenv.cfg'} names no Python version")
