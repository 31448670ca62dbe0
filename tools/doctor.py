"""Checks the environment and prints what was found, with a remedy for each fault: `make doctor`.

It shares its checks with the set-up. A new check is a function that returns a Check; list it in `checks`.
Exit codes: 0 all well, 1 at least one check failed.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tools.environment import archive, jars, java, machine, packages, spark_connection, spark_versions
from tools.environment.check import Check
from tools.environment.layout import Layout
from tools.environment.record import read_environment

CheckFunction = Callable[[], Check]


def checks(layout: Layout, millrace_home: Path) -> Iterator[CheckFunction]:
    """All checks in the order in which a fault is best repaired; the later ones need a set-up to look at."""
    yield partial(packages.check_python, packages.running_python())
    yield partial(machine.check_free_disk, millrace_home)
    yield partial(machine.check_sqlite_wal, millrace_home)
    yield partial(spark_versions.check_pins, layout.requirements("runtime"))
    yield partial(packages.check_packages, layout)
    environment = read_environment(layout)
    if environment is None:
        yield partial(Check, "environment", False, "never set up to its end, nothing more to look at", "make setup")
        return
    yield partial(spark_versions.check_installed, layout)
    yield partial(java.check_java, environment.java_home)
    yield partial(jars.check_jars, layout)
    yield partial(archive.check_archive, layout, environment.java_home, environment.class_data_archive)
    yield partial(spark_connection.check_spark_connection, layout)
    yield partial(machine.check_leftovers, layout)


def report(results: Sequence[Check]) -> str:
    """An aligned table: check, ok or FAIL, what was found; the remedy below a fault."""
    width = max(len(check.name) for check in results)
    lines = []
    for check in results:
        lines.append(f"{check.name:<{width}}  {'ok' if check.ok else 'FAIL':<4}  {check.found}")
        if not check.ok:
            lines.append(f"{'':<{width}}        Remedy: {check.remedy}")
    return "\n".join(lines)


def main() -> int:
    layout = Layout(Path(__file__).resolve().parents[1])
    millrace_home = Path(os.environ.get("MILLRACE_HOME") or layout.repository / "var")
    results = [check() for check in checks(layout, millrace_home)]
    print(report(results))
    failed = sum(not check.ok for check in results)
    print(f"\n{failed} of {len(results)} checks failed" if failed else f"\nAll {len(results)} checks are ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
