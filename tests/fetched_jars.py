"""Jars that only the tests need: fetched once into a folder below build/, and verified by SHA-256 whenever they are asked for."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from include.settings import PROJECT
from tools.environment.jar_list import Jar, read_jar_list
from tools.environment.jars import fetch, verify_fetched, wrong_jars
from tools.environment.layout import Layout
from tools.environment.lock import exclusive


def fetched(jar_list: Path, folder: Path, java_home: Path) -> list[Path]:
    """The listed jars in the folder, in the list's order; fetches all where one is missing or damaged."""
    wanted = read_jar_list(jar_list)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.with_suffix(".lock")):  # the tests run in several processes
        if wrong_jars(folder, wanted.jars):
            scratch = folder.with_suffix(".part")
            shutil.rmtree(scratch, ignore_errors=True)
            fetch(Layout(PROJECT), java_home, wanted, scratch)
            verify_fetched(scratch / "jars", wanted)
            _move(scratch / "jars", folder, wanted.jars)
            shutil.rmtree(scratch)
    return [folder / jar.file_name for jar in wanted.jars]


def _move(scratch: Path, folder: Path, jars: Sequence[Jar]) -> None:
    folder.mkdir(exist_ok=True)
    for jar in jars:
        os.replace(scratch / jar.ivy_file_name, folder / jar.file_name)
