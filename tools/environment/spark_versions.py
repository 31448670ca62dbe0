"""pyspark and pyspark-client: two packages that write the same files, and so must have one version."""

import re
from pathlib import Path

from tools.environment.check import Check
from tools.environment.layout import Layout


def check_pins(requirements: Path) -> Check:
    """The pinned list itself gives both packages one version."""
    pins = {name: _pin(requirements, name) for name in ("pyspark", "pyspark-client")}
    return Check(
        "pyspark pins",
        None not in pins.values() and len(set(pins.values())) == 1,
        f"{requirements.name}: " + ", ".join(f"{name} {version}" for name, version in pins.items()),
        "give pyspark and pyspark-client one version in pyproject.toml and run `make lock`",
    )


def check_installed(layout: Layout) -> Check:
    """Both packages, and the files on disk, have the pinned version of pyspark."""
    pinned = _pin(layout.requirements("runtime"), "pyspark")
    found = {
        "pyspark": _distribution(layout.site_packages, "pyspark"),
        "pyspark-client": _distribution(layout.site_packages, "pyspark_client"),
        "files on disk": _version_on_disk(layout.spark_home),
    }
    return Check(
        "pyspark = pyspark-client",
        set(found.values()) == {pinned},
        f"pinned {pinned}; " + ", ".join(f"{name} {version}" for name, version in found.items()),
        "`make clean` and then `make setup` install both anew from requirements.txt",
    )


def _pin(requirements: Path, package: str) -> str | None:
    match = re.search(rf"^{re.escape(package)}==([^\s;\\]+)", requirements.read_text(), re.MULTILINE)
    return match.group(1) if match else None


def _distribution(site_packages: Path, package: str) -> str | None:
    """The version in the name of the package's metadata folder; several versions are joined by a comma."""
    folders = sorted(site_packages.glob(f"{package}-*.dist-info"))
    versions = [folder.name.removeprefix(f"{package}-").removesuffix(".dist-info") for folder in folders]
    return ", ".join(versions) or None


def _version_on_disk(spark_home: Path) -> str | None:
    file = spark_home / "version.py"
    if not file.exists():
        return None
    match = re.search(r"^__version__\s*(?::\s*str)?\s*=\s*[\"']([^\"']+)", file.read_text(), re.MULTILINE)
    return match.group(1) if match else None
