"""Finds a Java that Spark 4.1 runs on: 17 or 21 (25 fails)."""

import glob
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.environment.check import Check
from tools.environment.stamps import fingerprint

SUPPORTED_JAVAS = (17, 21)
# Where packagers of Linux and macOS put Java; each pattern names Java homes.
JAVA_FOLDERS = ("/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home")
PROBE_TIMEOUT_SECONDS = 30
# Spark's launcher adds it to every JVM; a Java without the module does not start then.
SPARK_MODULE_OPTION = "--add-modules=jdk.incubator.vector"


@dataclass(frozen=True)
class Java:
    """A Java that started: the home to use, its feature number (17) and its full version (17.0.15)."""

    home: Path
    feature: int
    version: str


@dataclass(frozen=True)
class JavaSearch:
    """The first suitable Java, and in words what was found before it and is not suitable."""

    found: Java | None
    rejected: tuple[str, ...]


def find_java(java_home: str | None, path: str | None, folders: Sequence[str] = JAVA_FOLDERS) -> JavaSearch:
    """Looks at JAVA_HOME, then at `java` on PATH, then into the well-known folders; the first 17 or 21 wins."""
    rejected: list[str] = []
    for origin, program, home in _candidates(java_home, path, folders):
        java = probe_java(program, home)
        if java is not None and java.feature in SUPPORTED_JAVAS:
            return JavaSearch(java, tuple(rejected))
        rejected.append(f"{origin} is Java {java.version}" if java else f"{origin} does not start for Spark")
    return JavaSearch(None, tuple(rejected))


def probe_java(program: Path, home: Path | None = None) -> Java | None:
    """Asks the program for its version, and for its home unless that is given.

    None when it does not start, does not tell, or lacks the module that Spark asks every JVM for.
    """
    command = [str(program), SPARK_MODULE_OPTION, "-XshowSettings:properties", "-version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_TIMEOUT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    properties = dict(re.findall(r"^\s*(java\.[a-z.]+) = (.*?)\s*$", done.stdout + done.stderr, re.MULTILINE))
    try:
        # Java 8 calls its specification 1.8; it counts as feature 1 and is not suitable.
        feature = int(properties["java.specification.version"].split(".")[0])
        return Java(home or Path(properties["java.home"]), feature, properties["java.version"])
    except (KeyError, ValueError):
        return None


def check_java(home: Path) -> Check:
    """The Java at `home` starts and is one that Spark runs on."""
    java = probe_java(home / "bin" / "java", home)
    return Check(
        "Java",
        java is not None and java.feature in SUPPORTED_JAVAS,
        f"Java {java.version} in {home}" if java else f"no Java starts in {home}",
        "install Java 17 or 21 (or point JAVA_HOME to one) and run `make setup`; without one, set-up fetches its own",
    )


def what_is_asked_for(java_home: str | None, path: str | None) -> str:
    """The part of the search's inputs that a user changes: JAVA_HOME and which `java` PATH leads to."""
    return f"JAVA_HOME={java_home} java={shutil.which('java', path=path or '')}"


def java_fingerprint(home: Path) -> str:
    """Changes when the Java at `home` is replaced or updated; costs no start of a JVM."""
    files = (home / name for name in ("bin/java", "release", "lib/modules"))
    stats = [f"{file.resolve()} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.exists()]
    return fingerprint(str(home), *stats)


def _candidates(java_home: str | None, path: str | None, folders: Sequence[str]) -> Iterator[tuple[str, Path, Path | None]]:
    """Where it was found, the program, and its home if that is known before asking."""
    if java_home:
        yield f"JAVA_HOME ({java_home})", Path(java_home) / "bin" / "java", Path(java_home)
    on_path = shutil.which("java", path=path or "")
    if on_path:
        yield on_path, Path(on_path), None
    for pattern in folders:
        for home in map(Path, sorted(glob.glob(pattern))):
            if (home / "bin" / "java").exists():
                yield str(home), home / "bin" / "java", home
