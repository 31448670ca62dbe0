"""Sets up everything that a run needs: `python -m tools.setup [--level dev]`.

Each step is skipped when its stamp fits its inputs, so that a call with nothing to do takes a fraction of a second,
and a call after a killed one continues or repairs. Exit codes: 0 ready, 1 failed with a named remedy.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.environment import archive, jars, java, packages, spark_versions
from tools.environment.check import SetUpError, require
from tools.environment.java_wheel import install_java_wheel
from tools.environment.layout import Layout
from tools.environment.lock import exclusive
from tools.environment.machine import check_free_disk
from tools.environment.record import Environment, read_environment, write_environment
from tools.environment.stamps import fingerprint, read_stamp, write_stamp

JAVA_STAMP = "java"


def set_up(layout: Layout, level: str) -> Environment:
    """Makes the environment complete for `level` (packages.LEVELS) and returns its record."""
    require(packages.check_python(packages.running_python()))
    with exclusive(layout.lock_file):
        set_up_packages(layout, level)
        java_home = set_up_java(layout)
        if not jars.jars_are_current(layout):
            with progress("Spark's jars, by SHA-256"):
                jars.install_jars(layout, java_home)
        environment = Environment(java_home, set_up_archive(layout, java_home))
        if read_environment(layout) != environment:
            write_environment(layout, environment)
    return environment


def set_up_packages(layout: Layout, level: str) -> None:
    require(spark_versions.check_pins(layout.requirements("runtime")))
    if not packages.is_current(layout, level):
        require(check_free_disk(layout.repository))
        with progress(f"Python packages ({level}) in .venv"):
            packages.install(layout, level)
    require(spark_versions.check_installed(layout))


def set_up_java(layout: Layout, folders: tuple[str, ...] = java.JAVA_FOLDERS) -> Path:
    """The Java home that everything uses; searched anew when JAVA_HOME, PATH's java or the Java itself changed."""
    stamp = layout.stamp(JAVA_STAMP)
    asked = java.what_is_asked_for(os.environ.get("JAVA_HOME"), os.environ.get("PATH"))
    known = read_stamp(stamp)
    if known and known["key"] == fingerprint(asked, java.java_fingerprint(Path(known["java_home"]))):
        return Path(known["java_home"])
    with progress("Java 17 or 21"):
        search = java.find_java(os.environ.get("JAVA_HOME"), os.environ.get("PATH"), folders)
        home = search.found.home if search.found else install_java_wheel(layout, search.rejected)
        require(java.check_java(home))
    write_stamp(stamp, fingerprint(asked, java.java_fingerprint(home)), java_home=str(home))
    return home


def set_up_archive(layout: Layout, java_home: Path) -> Path | None:
    """The archive that fits the Java and the jars; comes last, because it must."""
    if reason := archive.obstacle(layout):
        print(f"  No class-data archive, starts will be slow: {reason}", flush=True)
        return None
    path = archive.archive_path(layout, java_home)
    if not path.exists():
        with progress("class-data archive, so that later starts are quick"):
            archive.dump_archive(layout, java_home)
    return path


@contextmanager
def progress(step: str) -> Iterator[None]:
    """One line for a step: what it is, and how long it took."""
    print(f"  {step} ... ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.setup", description="Set up everything that a run needs.")
    parser.add_argument("--level", choices=packages.LEVELS, default="runtime", help="dev: with the tools for tests; server: for containers")
    level = parser.parse_args(arguments).level
    started = time.monotonic()
    try:
        set_up(Layout(Path(__file__).resolve().parents[1]), level)
    except SetUpError as error:
        print(f"Set-up failed. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up interrupted; the next call repairs it.", file=sys.stderr)
        return 130
    print(f"Environment ready ({time.monotonic() - started:.1f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
