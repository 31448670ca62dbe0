"""The virtual environment and the pinned Python packages in it."""

import shutil
import sys
from pathlib import Path

from tools.environment.check import Check
from tools.environment.command import run
from tools.environment.layout import Layout
from tools.environment.stamps import file_sha256, fingerprint, read_stamp, write_stamp

LEVELS = ("runtime", "dev", "server")
SUPPORTED_PYTHONS = ((3, 11), (3, 12), (3, 13))
INSTALL_REMEDY = (
    "check that the package index can be reached (a mirror: PIP_INDEX_URL for pip and UV_DEFAULT_INDEX for uv)"
    " and run the command again; a hash that differs means that the index serves another file than the pinned one"
)
STAMP = "packages"


def check_python(version: tuple[int, int, int], name: str = "Python") -> Check:
    """Spark, Airflow and Great Expectations of our pins meet on Python 3.11 to 3.13."""
    return Check(
        name,
        version[:2] in SUPPORTED_PYTHONS,
        ".".join(str(number) for number in version),
        "install Python 3.11, 3.12 or 3.13, so that `python3` or `python3.13` starts it",
    )


def check_packages(layout: Layout) -> Check:
    """The virtual environment is complete, stands where it was made, and holds what is pinned now."""
    name, remedy = "Python packages", "make setup"
    if not layout.python.exists():
        return Check(name, False, f"no working {layout.python}", remedy)
    level = read_stamp(layout.stamp(STAMP)).get("level")
    if level is None:
        return Check(name, False, f"{layout.venv} was made by hand or is half-made", remedy)
    if not is_current(layout, level):
        return Check(name, False, "the pins have changed, or the folder has moved, since the set-up", remedy)
    return Check(name, True, f"as pinned ({level}), Python {layout.python_version()}")


def is_current(layout: Layout, level: str) -> bool:
    """Whether everything of `level` is installed; every other level holds all of runtime."""
    stamp = read_stamp(layout.stamp(STAMP))
    enough = LEVELS if level == "runtime" else (level,)
    return layout.python.exists() and stamp.get("level") in enough and stamp["key"] == _key(layout, stamp["level"])


def install(layout: Layout, level: str) -> None:
    """Makes the packages complete for `level`, one of LEVELS.

    Anything but a complete environment is rebuilt from nothing; only the step from runtime to another level adds to it.
    """
    if not is_current(layout, "runtime"):
        _clear(layout)
        run([sys.executable, "-E", "-m", "venv", layout.venv], "Making .venv", "read the lines above")
        _pip_install_uv(layout)
    # Without its stamp a killed installation on top of a complete one is rebuilt too.
    layout.stamp(STAMP).unlink(missing_ok=True)
    uv_install(layout, level, "--python", layout.python, "--compile-bytecode")
    write_stamp(layout.stamp(STAMP), _key(layout, level), level=level)


def uv_install(layout: Layout, requirements: str, *options: str | Path) -> None:
    """Installs one of the hashed lists; `options` say where to."""
    uv = layout.venv / "bin" / "uv"
    listed = layout.requirements(requirements)
    command = [uv, "pip", "install", "--quiet", "--no-progress", "--require-hashes", *options, "-r", listed]
    run(command, f"Installing {listed.name}", INSTALL_REMEDY)


def _key(layout: Layout, level: str) -> str:
    # A virtual environment holds its own path in its scripts: a moved or copied one is rebuilt.
    lists = ("bootstrap", "runtime", level)
    return fingerprint(str(layout.venv), *(file_sha256(layout.requirements(name)) for name in lists))


def _clear(layout: Layout) -> None:
    """Empties the virtual environment, except for the lock that the set-up is holding in it."""
    for entry in layout.venv.iterdir():
        if entry == layout.lock_file:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _pip_install_uv(layout: Layout) -> None:
    pip = [
        str(layout.python),
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    run([*pip, "-r", layout.requirements("bootstrap")], "Installing uv", INSTALL_REMEDY)


def running_python() -> tuple[int, int, int]:
    return sys.version_info[:3]
