"""The class-data archive (AppCDS) of Spark's classes, without which each of a chain of submits is a cold start."""

import shutil
from pathlib import Path
from urllib.parse import quote

from tools.environment.check import Check, SetUpError
from tools.environment.command import java_option, run, spark_environment
from tools.environment.jars import listing
from tools.environment.java import java_fingerprint
from tools.environment.layout import Layout
from tools.environment.stamps import file_sha256, fingerprint

ARCHIVE_JOB = Path(__file__).with_name("archive_job.py")
REMEDY = "make setup"
# A class of every submit; the JVM's class log says whether it came from the archive on top of Java's own.
PROBE_CLASS = "org.apache.spark.deploy.SparkSubmit source: shared objects file (top)"


def obstacle(layout: Layout) -> str | None:
    """Why no archive can hold Spark's classes here; None when one can.

    The JVM compares a class's origin, a URL, with the plain path of its jar: a path that URLs escape never fits.
    """
    if quote(str(layout.jars), safe="/!~*'()@&=+$,") == str(layout.jars):
        return None
    return f"Java archives no classes from a path with spaces or non-ASCII letters ({layout.repository})"


def archive_path(layout: Layout, java_home: Path) -> Path:
    """Where the archive of this Java, these jars and this job lies; another one never fits."""
    key = fingerprint(java_fingerprint(java_home), listing(layout.jars), file_sha256(ARCHIVE_JOB))
    return layout.state / f"spark-{key}.jsa"


def dump_archive(layout: Layout, java_home: Path) -> Path:
    """Runs a small job of the kind that the project submits, and keeps the classes that it loaded.

    Call it when the jars are final: one jar touched or added later makes the JVM ignore the archive.
    """
    archive = archive_path(layout, java_home)
    remove_archives(layout)
    scratch = layout.state / "archive.part"
    scratch.mkdir()
    part = scratch / archive.name
    # The JVM names the thousands of classes that it leaves out; its log would bury an error of the job.
    # The quick compiler alone is enough for a job this short.
    quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable"]
    dump_options = [f"-XX:ArchiveClassesAtExit={part}", *quick]
    java_options = [*_base_options(layout, java_home), *dump_options]
    submit = [str(layout.venv / "bin" / "spark-submit"), "--master", "local[2]", "--driver-java-options"]
    command = [*submit, " ".join(map(java_option, java_options)), str(ARCHIVE_JOB), str(scratch)]
    run(command, "The job that fills the class-data archive", REMEDY, spark_environment(layout, java_home))
    if not part.exists():
        raise SetUpError(f"The Java in {java_home} wrote no class-data archive", "use a HotSpot Java 17 or 21")
    part.rename(archive)
    shutil.rmtree(scratch)
    if not archive_is_used(layout, java_home, archive):
        remove_archives(layout)
        raise SetUpError(f"The Java in {java_home} does not use the class-data archive that it wrote", REMEDY)
    return archive


def check_archive(layout: Layout, java_home: Path, recorded: Path | None) -> Check:
    """A submit really takes its classes from the recorded archive; JVMs fall back without a word."""
    name = "class-data archive"
    if reason := obstacle(layout):
        return Check(name, False, f"none, starts are slow: {reason}", "move the clone to another path")
    if recorded is None or not recorded.exists():
        return Check(name, False, "none", REMEDY)
    if recorded != archive_path(layout, java_home):
        return Check(name, False, f"{recorded.name} is stale: Java or a jar has changed since", REMEDY)
    if not archive_is_used(layout, java_home, recorded):
        remedy = "`make clean` and then `make setup`; no file may be added to, or touched in, Spark's jars folder"
        return Check(name, False, f"{recorded.name} is refused by the Java in {java_home}", remedy)
    return Check(name, True, f"{recorded.name} in use")


def archive_is_used(layout: Layout, java_home: Path, archive: Path) -> bool:
    """Starts spark-submit, with the class path of every submit, and reads where a class came from."""
    options = [f"-XX:SharedArchiveFile={archive}", "-Xlog:class+load=info"]
    environment = spark_environment(layout, java_home)
    environment["SPARK_SUBMIT_OPTS"] = " ".join(map(java_option, options))
    command = [str(layout.venv / "bin" / "spark-submit"), "--version"]
    return PROBE_CLASS in run(command, "spark-submit --version", "make doctor", environment)


def remove_archives(layout: Layout) -> None:
    """Removes every archive, and what a killed dump left."""
    shutil.rmtree(layout.state / "archive.part", ignore_errors=True)
    for archive in layout.state.glob("*.jsa"):
        archive.unlink()


def _base_options(layout: Layout, java_home: Path) -> list[str]:
    """Our archive lies on top of Java's own; a Java that was packaged without one gets one made."""
    if (java_home / "lib" / "server" / "classes.jsa").exists():
        return []
    option = f"-XX:SharedArchiveFile={layout.state / 'java.jsa'}"
    run([java_home / "bin" / "java", "-Xshare:dump", option], "Making Java's own class-data archive", REMEDY)
    return [option]
