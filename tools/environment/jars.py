"""Spark's jars folder: exactly pyspark's own jars and ours, ours verified by SHA-256."""

import csv
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.environment.check import Check, SetUpError
from tools.environment.command import run, spark_environment
from tools.environment.jar_list import Jar, JarList, read_jar_list
from tools.environment.layout import Layout
from tools.environment.stamps import file_sha256, fingerprint, read_stamp, write_stamp

NO_OP_JOB = Path(__file__).with_name("no_op_job.py")
FETCH_REMEDY = "check that Maven Central can be reached (a mirror: DEFAULT_ARTIFACT_REPOSITORY=<its URL>) and run it again"
STAMP = "jars"


def jars_are_current(layout: Layout) -> bool:
    """Nothing in the list or in the folder changed since the jars were verified; reads no jar."""
    return read_stamp(layout.stamp(STAMP)).get("key") == _key(layout)


def install_jars(layout: Layout, java_home: Path) -> None:
    """Makes the folder exact: removes foreign jars, fetches what is missing or damaged, verifies before it installs."""
    wanted = read_jar_list(layout.jar_list)
    for foreign in foreign_jars(layout, wanted):
        print(f"removing {foreign}, which no pin knows ... ", end="", flush=True)
        (layout.jars / foreign).unlink()
    if wrong_jars(layout.jars, wanted.jars):
        scratch = layout.state / "ivy.part"
        shutil.rmtree(scratch, ignore_errors=True)
        fetch(layout, java_home, wanted, scratch)
        verify_fetched(scratch / "jars", wanted)
        for jar in wanted.jars:
            os.replace(scratch / "jars" / jar.ivy_file_name, layout.jars / jar.file_name)
        shutil.rmtree(scratch)
    list_slf4j_once(layout.jars)
    write_stamp(layout.stamp(STAMP), _key(layout))


def check_jars(layout: Layout) -> Check:
    """Reads every jar of the list; a few hundred milliseconds."""
    wanted = read_jar_list(layout.jar_list)
    wrong = [f"{jar.file_name} is missing or has another SHA-256" for jar in wrong_jars(layout.jars, wanted.jars)]
    foreign = [f"{name} belongs to no pin" for name in foreign_jars(layout, wanted)]
    faults = "; ".join(wrong + foreign)
    found = faults or f"{len(wanted.jars)} jars with their SHA-256, none besides them and Spark's own"
    return Check("jars", not faults, found, "make setup")


def wrong_jars(folder: Path, wanted: Sequence[Jar]) -> list[Jar]:
    """The jars of the list that are missing or are not the pinned bytes."""

    def is_right(jar: Jar) -> bool:
        path = folder / jar.file_name
        return path.exists() and file_sha256(path) == jar.sha256

    return [jar for jar in wanted if not is_right(jar)]


def foreign_jars(layout: Layout, wanted: JarList) -> list[str]:
    """Jars that neither pyspark's own record nor the list names, for example of a version before."""
    known = _jars_of_pyspark(layout) | {jar.file_name for jar in wanted.jars}
    return sorted(path.name for path in layout.jars.glob("*.jar") if path.name not in known)


def fetch(layout: Layout, java_home: Path, wanted: JarList, scratch: Path) -> None:
    """Lets spark-submit's own Ivy bring the jars with their dependencies into scratch/jars."""
    submit = [str(layout.venv / "bin" / "spark-submit"), "--master", "local[1]", "--conf", f"spark.jars.ivy={scratch}"]
    packages = ["--packages", ",".join(jar.coordinate for jar in wanted.jars)]
    exclude = ["--exclude-packages", ",".join(wanted.exclude)] if wanted.exclude else []
    environment = spark_environment(layout, java_home)
    run([*submit, *packages, *exclude, NO_OP_JOB], "Fetching the jars", FETCH_REMEDY, environment)


def verify_fetched(folder: Path, wanted: JarList) -> None:
    """Every fetched jar is in the list and has its hash; raises SetUpError and names it otherwise."""
    expected = {jar.ivy_file_name: jar for jar in wanted.jars}
    for path in sorted(folder.glob("*.jar")):
        if path.name not in expected:
            raise SetUpError(f"Ivy also brought {path.name}", f"list it in {wanted.path}, or exclude it there")
    for name, jar in expected.items():
        found = file_sha256(folder / name) if (folder / name).exists() else "no file"
        if found != jar.sha256:
            raise SetUpError(
                f"{jar.coordinate} has SHA-256 {found}, pinned is {jar.sha256}; nothing was installed",
                f"the repository serves another file than the pinned one: find out why before {wanted.path} changes",
            )


def list_slf4j_once(folder: Path) -> None:
    """Hides slf4j-api from the wildcard `jars/*`.

    Spark's launcher puts jars/slf4j-api-* before jars/*, so that the jar stands twice on the class path. Java 21
    then refuses every class-data archive. The launcher goes by the name's start, the wildcard by `.jar`.
    """
    for path in folder.glob("slf4j-api-*.jar"):
        path.rename(path.with_suffix(".zip"))


def _jars_of_pyspark(layout: Layout) -> set[str]:
    (record,) = layout.site_packages.glob("pyspark-*.dist-info/RECORD")
    with record.open(newline="") as file:
        return {Path(row[0]).name for row in csv.reader(file) if row[0].startswith("pyspark/jars/")}


def listing(folder: Path) -> str:
    """Name, size and modification time of every file: what a class-data archive holds of its jars too."""
    with os.scandir(folder) as entries:
        rows = sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in entries)
    return fingerprint(str(folder), *(f"{name} {size} {modified}" for name, size, modified in rows))


def _key(layout: Layout) -> str:
    return fingerprint(file_sha256(layout.jar_list), listing(layout.jars))
